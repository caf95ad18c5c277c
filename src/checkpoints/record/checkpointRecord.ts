import * as v from 'valibot';
import {
  checkpointKinds,
  skippedSchema,
  type CheckpointKind,
  type CheckpointSummary,
} from '../../protocol/checkpoint.ts';
import type { Oid } from '../git/git.ts';
import { refNamespace } from '../git/repository.ts';

/*
 * The format of a checkpoint in the repository (version 1; ARCHITECTURE.md shows how to use one with plain git):
 *
 *   refs/soft-landing/<worktree>/<id>/w   annotated tag → tree of the working folder; its message is the label, an empty
 *                                         line, and one line of JSON: the record below
 *   refs/soft-landing/<worktree>/<id>/i   tree of the index, if it differs from HEAD's
 *   refs/soft-landing/<worktree>/<id>/u   tree of all conflict stages, if there is a conflict
 *   refs/soft-landing/<worktree>/<id>/r   tree of files' bytes as they were on disk, where git's conversions do not give them back
 *   refs/soft-landing/heads/<commit>      keeps the HEAD of that moment alive
 *
 * A tag on a tree, not a commit: it survives `gc --prune=now` and stays out of `git log --all` and every graph.
 */
const rawPaths = v.array(v.string());

const recordSchema = v.object({
  v: v.literal(1),
  id: v.string(),
  kind: v.picklist(checkpointKinds),
  agent: v.nullable(v.string()),
  session: v.nullable(v.string()),
  prompt: v.nullable(v.number()),
  tool: v.nullable(v.string()),
  worktree: v.string(),
  head: v.nullable(v.string()),
  branch: v.nullable(v.string()),
  /** null: the index equalled HEAD's tree */
  staged: v.nullable(v.string()),
  unmerged: v.array(
    v.object({
      path: v.string(),
      modes: v.tuple([v.string(), v.string(), v.string()]),
      oids: v.tuple([v.string(), v.string(), v.string()]),
    }),
  ),
  intentToAdd: rawPaths,
  /** the index's modes of these, in their order; records from before they were kept have no such key */
  intentToAddModes: v.optional(v.array(v.string())),
  nested: rawPaths,
  skipped: v.array(skippedSchema),
  changedFiles: v.number(),
  /** checkpoints made in one go in several repositories share this: the id of the first of them */
  set: v.optional(v.string()),
  /** what was saved of the nested repositories: the checkpoint, in each one's own refs, that holds its state; null: none, and why */
  members: v.optional(
    v.array(v.object({ path: v.string(), id: v.nullable(v.string()), reason: v.optional(v.string()) })),
  ),
  /** tree of the files whose bytes on disk are not what git would write for their blobs (line ends, encodings): ref `r` */
  raw: v.optional(v.string()),
  /** commit mode: the commit that was made for this checkpoint */
  commit: v.optional(v.string()),
  /** made in a folder without git: there was no staged state and no HEAD to save */
  outsideGit: v.optional(v.literal(true)),
  /** the only folder that it holds, relative to the top: made when that one was not yet a part of this repository */
  scope: v.optional(v.string()),
  /** kept until it is deleted by hand; records from before there were pins have no such key */
  pinned: v.optional(v.boolean()),
  /** what came of the verify command on these very files */
  verified: v.optional(
    v.object({
      at: v.number(),
      ok: v.boolean(),
      command: v.string(),
      ms: v.number(),
      /** null: ended by a signal, as at its deadline */
      exitCode: v.nullable(v.number()),
    }),
  ),
  /** index flags; of sparse paths only those that HEAD does not have, for the others the checkout knows */
  flags: v.object({ assumeUnchanged: rawPaths, skipWorktree: rawPaths, sparse: rawPaths }),
  /** safety checkpoints only: what was about to be done */
  before: v.optional(
    v.object({
      /** id of the checkpoint that was about to be gone back to, and whether that was itself an undo */
      reset: v.string(),
      isUndo: v.boolean(),
      /** the only paths concerned; empty: all */
      paths: v.array(v.string()),
      /** where HEAD was to be moved; null: left where it is */
      headTo: v.nullable(v.string()),
      /** members that are gone back with it, each with a safety checkpoint of its own in this one's set */
      members: v.optional(rawPaths),
    }),
  ),
});

export type CheckpointRecord = v.InferOutput<typeof recordSchema>;
type Before = NonNullable<CheckpointRecord['before']>;

export const storedSchema = v.object({
  record: recordSchema,
  label: v.string(),
  ref: v.string(),
  tree: v.string(),
  createdAt: v.number(),
});

/** A checkpoint as it is stored: its record plus what the tag itself says. Times are epoch milliseconds. */
export type StoredCheckpoint = Readonly<v.InferOutput<typeof storedSchema>>;

/** Who or what a checkpoint is made for. */
export interface CheckpointPurpose {
  readonly label: string;
  readonly kind: CheckpointKind;
  readonly agent?: string;
  readonly session?: string;
  readonly prompt?: number;
  readonly tool?: string;
  readonly before?: Before;
  /** what it is a part of: the id of the set */
  readonly set?: string;
  /** what was saved of the nested repositories */
  readonly members?: NonNullable<CheckpointRecord['members']>;
}

/** Sorts by time as text. `random` tells apart what two processes make within one millisecond. */
export function newCheckpointId(now: number, random: string): string {
  return `${new Date(now).toISOString().replace(/[-:.]/g, '')}-${random}`;
}

/** The instant inside an id, or null for an id that is not of this format. */
export function timeOfId(id: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-/.exec(id);
  if (!match) return null;
  const [year, month, day, hour, minute, second, ms] = match.slice(1);
  return Date.parse(
    `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}.${ms ?? ''}Z`,
  );
}

/** One line, bounded: a label is the first line of a prompt, and a prompt can be a whole file. */
export function cleanLabel(label: string): string {
  const firstLine = label.split(/\r?\n/).find((text) => text.trim() !== '') ?? '';
  // Control characters would reach the terminal of whoever lists the refs with git.
  const visible = firstLine.replace(/\p{Cc}+/gu, ' ').trim();
  // git takes a tag's line that begins like this for a signature, and would cut the record off with it.
  const line = visible.replace(/^-+(?=BEGIN )/, '');
  // By code points: half of a surrogate pair is not valid UTF-8, and git would refuse the tag.
  const characters = Array.from(line);
  return characters.length > 200 ? `${characters.slice(0, 199).join('')}…` : line || 'Checkpoint';
}

export function writeTag(tree: Oid, record: CheckpointRecord, label: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  return [
    `object ${tree}`,
    'type tree',
    `tag soft-landing-${record.id}`,
    `tagger Soft Landing <soft-landing@localhost> ${seconds} +0000`,
    '',
    label,
    '',
    JSON.stringify(record),
    '',
  ].join('\n');
}

export const listFormat = '%(refname)%00%(*objectname)%00%(*objecttype)%00%(contents:subject)%00%(contents:body)%00';

/** Parses `for-each-ref --format=listFormat`; a ref that is not a checkpoint of this version is not listed. */
export function parseList(text: string): StoredCheckpoint[] {
  const fields = text.split('\0');
  const checkpoints: StoredCheckpoint[] = [];
  for (let at = 0; at + 4 < fields.length; at += 5) {
    const [ref = '', tree = '', type, label = '', body = ''] = fields.slice(at, at + 5);
    if (type !== 'tree' || !ref.endsWith('/w')) continue;
    const record = parseRecord(body);
    const createdAt = record && timeOfId(record.id);
    if (record && createdAt !== null) checkpoints.push({ record, label, ref: ref.trim(), tree, createdAt });
  }
  return checkpoints;
}

/** A checkpoint that a later version of the format describes: known to be there, and nothing more. */
export interface NewerCheckpoint {
  readonly id: string;
  readonly version: number;
}

const newerSchema = v.looseObject({ v: v.pipe(v.number(), v.minValue(2)) });

/** Of the same text that `parseList` reads, those which it leaves out because only a newer program understands them. */
export function parseNewer(text: string): NewerCheckpoint[] {
  const fields = text.split('\0');
  const newer: NewerCheckpoint[] = [];
  for (let at = 0; at + 4 < fields.length; at += 5) {
    const body = fields[at + 4] ?? '';
    // Nearly all there are: not worth reading.
    if (body.startsWith('{"v":1,')) continue;
    const parsed = v.safeParse(newerSchema, parseJson(body));
    const id = (fields[at] ?? '').split('/').at(-2) ?? '';
    if (parsed.success) newer.push({ id, version: parsed.output.v });
  }
  return newer;
}

function parseRecord(body: string): CheckpointRecord | null {
  const parsed = v.safeParse(recordSchema, parseJson(body));
  return parsed.success ? parsed.output : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: somebody else's tag in our namespace.
    return null;
  }
}

export function checkpointRef(worktree: string, id: string): string {
  return `${refNamespace}/${worktree}/${id}`;
}

/** The public form (CLI contract, panel). */
export function summarize(checkpoint: StoredCheckpoint): CheckpointSummary {
  const { record, label, ref, tree, createdAt } = checkpoint;
  return {
    id: record.id,
    ref,
    tree,
    label,
    kind: record.kind,
    createdAt: new Date(createdAt).toISOString(),
    agent: record.agent,
    session: record.session,
    prompt: record.prompt,
    tool: record.tool,
    branch: record.branch,
    head: record.head,
    pinned: record.pinned === true,
    verified: record.verified === undefined ? null : record.verified.ok ? 'green' : 'red',
    changedFiles: record.changedFiles,
    skipped: record.skipped,
  };
}

/**
 * Which reset Undo takes back: the newest one not taken back yet, told by the safety checkpoints alone.
 * Each reset leaves a safety checkpoint; an undo leaves one too, naming the one it went back to.
 * @param newestFirst the checkpoints of one worktree
 */
export function findUndo(newestFirst: readonly StoredCheckpoint[]): StoredCheckpoint | null {
  const takenBack = new Set<string>();
  for (const checkpoint of newestFirst) {
    const { before, id } = checkpoint.record;
    if (!before) continue;
    if (before.isUndo) takenBack.add(before.reset);
    else if (!takenBack.has(id)) return checkpoint;
  }
  return null;
}
