import * as v from 'valibot';
import type { Surroundings, TranscriptSource } from '../agents/agent.ts';
import { sessionsStatement } from '../agents/opencode/work.ts';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { isInside } from '../store/isInside.ts';
import { realPath } from '../store/realPath.ts';
import { Breath } from '../usage/breath.ts';
import { openDatabase } from '../usage/databaseFile.ts';
import { findTranscripts, type FoundFolder } from '../usage/transcriptFolder.ts';
import { isReadable, type SessionRef } from './readWork.ts';

export interface RecentSession extends SessionRef {
  readonly changedAt: number;
  /** where it works, where that is known without reading it */
  readonly cwd: string | null;
}

export interface RecentSessions {
  /** the most recently changed first */
  readonly sessions: readonly RecentSession[];
  /** the folders that they lie in, to be watched */
  readonly folders: readonly FoundFolder[];
}

/** Agents' sessions that changed since then and may be at work in one of these folders. Only their places are looked at. */
export async function recentSessions(
  surroundings: Surroundings,
  places: readonly string[],
  sinceMs: number,
): Promise<RecentSessions> {
  const sessions: RecentSession[] = [];
  const folders: FoundFolder[] = [];
  for (const source of transcriptSources) {
    if (!isReadable(source.agent)) continue;
    for (const root of source.roots(surroundings)) {
      const found = await findTranscripts(root.path, narrowed(source, places, sinceMs), new Breath(null));
      folders.push(...found.folders);
      for (const { path: file, relativePath, mtimeMs, format } of found.files) {
        if (mtimeMs < sinceMs || /[/\\]subagents[/\\]/.test(relativePath)) continue;
        if (format.kind === 'database') sessions.push(...inDatabase(source.agent, file, sinceMs));
        else {
          const key = source.sessionKey(relativePath);
          const sessionId = key.slice(key.lastIndexOf('/') + 1);
          sessions.push({ agent: source.agent, sessionId, transcript: file, changedAt: mtimeMs, cwd: null });
        }
      }
    }
  }
  return { sessions: sessions.sort((a, b) => b.changedAt - a.changedAt), folders };
}

/** Whether a session's working directory is one of the folders, or inside of one. */
export function worksIn(cwd: string | null, places: readonly string[]): boolean {
  if (cwd === null) return false;
  return places.flatMap(withRealPath).some((place) => isInside(cwd, place));
}

/** Agents record the real path of their working directory; a folder can be opened through a link. */
function withRealPath(folder: string): readonly string[] {
  return [...new Set([folder, realPath(folder)])];
}

/** The walk keeps out of what cannot concern us: other projects of Claude Code, and days of Codex that are long past. */
function narrowed(source: TranscriptSource, places: readonly string[], sinceMs: number): TranscriptSource {
  const slugs = places.flatMap(withRealPath).map(claudeSlug);
  const firstDay = new Date(sinceMs - 31 * 24 * 3600_000).toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    ...source,
    enters(folder) {
      if (!source.enters(folder)) return false;
      if (source.agent === 'claude')
        return folder.includes('/') ? !folder.endsWith('/tool-results') : isProjectOf(folder, slugs);
      // A resumed session goes on in the folder of the day that it began.
      if (source.agent === 'codex' && /^\d{4}(?:\/\d\d){0,2}$/.test(folder))
        return folder >= firstDay.slice(0, folder.length);
      return true;
    },
  };
}

/** Other folders (the desktop app's) have names that say nothing. */
function isProjectOf(folder: string, slugs: readonly string[]): boolean {
  return !folder.startsWith('-') || slugs.some((slug) => folder.startsWith(slug.slice(0, 200)));
}

/** How Claude Code names a project's folder. Several folders can have one name. */
function claudeSlug(folder: string): string {
  return folder.replaceAll(/[^A-Za-z0-9]/g, '-');
}

const rowSchema = v.object({
  id: v.string(),
  directory: v.nullish(v.string()),
  parent: v.nullish(v.string()),
  changed: v.number(),
});

function inDatabase(agent: string, transcript: string, sinceMs: number): readonly RecentSession[] {
  try {
    const database = openDatabase(transcript);
    try {
      return database
        .prepare(sessionsStatement)
        .all(sinceMs)
        .flatMap((row) => {
          const session = v.safeParse(rowSchema, row);
          if (!session.success || typeof session.output.parent === 'string') return [];
          const { id, directory, changed } = session.output;
          return [{ agent, sessionId: id, transcript, changedAt: changed, cwd: directory ?? null }];
        });
    } finally {
      database.close();
    }
  } catch {
    // A Node without SQLite, a database of another version, or one that is locked just now.
    return [];
  }
}
