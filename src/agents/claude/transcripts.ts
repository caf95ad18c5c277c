import type { LineFormat, TranscriptSource } from '../agent.ts';
import { pathParts } from '../fields.ts';
import { transcriptRoots } from './locations.ts';
import { markers, pickLines } from './pickLines.ts';
import { parsePart, parseTranscriptLine } from './transcriptLine.ts';

const lines: LineFormat = {
  kind: 'lines',
  markers,
  pick: pickLines,
  open: (sessionKey) => ({
    parse: (line) => parseTranscriptLine(line, sessionKey),
    parsePart: (part) => parsePart(part, sessionKey),
    state: null,
  }),
};

/** Holds one home folder per conversation of Claude's desktop app, each with a `.claude/projects` of its own. */
const desktopFolder = 'local-agent-mode-sessions';

/** Claude Code's transcripts: `projects/<project>/<session>.jsonl` and `projects/<project>/<session>/subagents/agent-*.jsonl`. */
export const claudeTranscripts: TranscriptSource = {
  agent: 'claude',
  roots: transcriptRoots,
  // The desktop app's folders also hold what the user works on there.
  enters: (folder) => !/(?:^|\/)(?:node_modules|\.git)$/.test(folder),
  match(path) {
    if (!path.endsWith('.jsonl')) return null;
    if (!path.includes(desktopFolder)) return { path, format: lines };
    const parts = pathParts(path);
    const isElsewhere =
      parts.includes(desktopFolder) && parts.lastIndexOf('projects') < parts.lastIndexOf('.claude') + 1;
    return isElsewhere ? null : { path, format: lines };
  },
  sessionKey(relativePath) {
    const parts = pathParts(relativePath);
    // Below a desktop root, project and session come after the home's own `.claude/projects`.
    const home = parts.indexOf('.claude');
    const [project = '', session = ''] = home < 0 ? parts : parts.slice(home + 2);
    return session === '' ? withoutExtension(project) : `${project}/${withoutExtension(session)}`;
  },
};

function withoutExtension(name: string): string {
  return name.endsWith('.jsonl') ? name.slice(0, -'.jsonl'.length) : name;
}
