import { said } from '../protocol/sentence.ts';
import * as v from 'valibot';
import { fail, succeed, type Result } from '../protocol/result.ts';
import { setField, setStatus, type EditFailure } from './planEdits.ts';
import { tokensText } from './planFields.ts';
import type { Chunk, Plan } from './plan.ts';
import { currentPlan } from './planText.ts';

/*
 * A chunk's way, whoever walks it (editor, command line): begun, with a checkpoint from before it, its prompt handed to the agent; when
 * the agent's turn ends its verify command is run; green ticks it, red asks for mending or taking back. What must outlive a program
 * while the agent works is the run; all the rest is in the plan file.
 */
export const chunkRunSchema = v.object({
  v: v.literal(1),
  /** the chunk, by both: a plan can be edited meanwhile */
  number: v.number(),
  title: v.string(),
  /** epoch milliseconds; from here its cost is counted */
  begunAt: v.number(),
  /** id of the checkpoint from before it */
  checkpoint: v.nullable(v.string()),
  /** when its prompt was handed to an agent last, and its first line, by which the turn is known; null: not yet */
  handedOver: v.nullable(
    v.object({
      at: v.number(),
      prompt: v.string(),
      /** the session that got it, once it is known: its next end of a turn is the chunk's */
      session: v.optional(v.object({ agent: v.string(), id: v.string() })),
    }),
  ),
  /** new tokens of each session in this folder when it began, by `agent|id`; missing: not known */
  tokensBefore: v.optional(v.record(v.string(), v.number())),
  /** why it is red: the last lines of what the verify command said */
  failure: v.nullable(v.string()),
});
export type ChunkRun = v.InferOutput<typeof chunkRunSchema>;

/** What a verify command said, as far as a plan is concerned. */
export interface ChunkVerification {
  readonly checkpoint: string;
  /** null: files were changed while it ran */
  readonly verified: 'green' | 'red' | null;
  /** in a few lines */
  readonly failure: string;
}

/** The chunk that a run is about, as the plan has it now; null where the plan has become another one. */
export function chunkOf(plan: Plan, run: Pick<ChunkRun, 'number' | 'title'>): Chunk | null {
  const same = plan.chunks.filter(({ title }) => title === run.title);
  // Chunks that were added before it move it; its title is still its own.
  return same.find(({ number }) => number === run.number) ?? (same.length === 1 ? (same[0] ?? null) : null);
}

/** The run of a chunk that begins; one that was begun before goes on, so that its whole cost is counted. */
export function beginRun(chunk: Chunk, last: ChunkRun | null, checkpoint: string | null, now: number): ChunkRun {
  const isSame = last?.number === chunk.number && last.title === chunk.title && chunk.status !== 'open';
  const { number, title } = chunk;
  const begunAt = isSame ? last.begunAt : now;
  return { v: 1, number, title, begunAt, checkpoint, handedOver: null, failure: isSame ? last.failure : null };
}

type Edit = Result<string, EditFailure>;

/** Does something to one chunk of a plan file's text, if it is still the chunk that is meant. */
export function onChunk(
  text: string,
  { number, title }: Pick<Chunk, 'number' | 'title'>,
  edit: (text: string) => Edit,
): Edit {
  const now = currentPlan(text)?.plan.chunks[number - 1];
  if (now?.title === title) return edit(text);
  return fail({ reason: 'changed-meanwhile', ...said('The plan was changed meanwhile. Nothing was marked.') });
}

function inTurn(text: string, ...edits: readonly ((text: string) => Edit)[]): Edit {
  return edits.reduce<Edit>((result, edit) => (result.ok ? edit(result.value) : result), succeed(text));
}

export function markBegun(text: string, chunk: Chunk): Edit {
  return onChunk(text, chunk, (now) =>
    chunk.status === 'open' ? setStatus(now, chunk.number, 'begun') : succeed(now),
  );
}

/** How a chunk ended. `verification` null: nothing verified it. */
export interface ChunkEnd {
  readonly verification: ChunkVerification | null;
  /** what it took; null: not known */
  readonly costTokens: number | null;
}

/** Writes into the plan how a chunk ended: nothing where the verification says nothing. */
export function markEnded(text: string, chunk: Pick<Chunk, 'number' | 'title'>, end: ChunkEnd): Edit {
  const { verification, costTokens } = end;
  const { number } = chunk;
  if (verification?.verified === null) return succeed(text);
  const isRed = verification?.verified === 'red';
  return onChunk(text, chunk, (now) =>
    inTurn(
      now,
      (it) => setStatus(it, number, isRed ? 'red' : 'done'),
      (it) => (costTokens === null ? succeed(it) : setField(it, number, 'Cost', tokensText(costTokens))),
      (it) =>
        verification === null || isRed ? succeed(it) : setField(it, number, 'Checkpoint', verification.checkpoint),
    ),
  );
}

/**
 * The chunks whose work a reset to a green checkpoint has taken back: those that are red or begun, and those that were ticked after the
 * chunk which ended with that checkpoint.
 */
export function takenBack(plan: Plan, green: string): readonly Chunk[] {
  const at = plan.chunks.findLastIndex(({ checkpoint, status }) => status === 'done' && checkpoint === green);
  return plan.chunks.filter(
    ({ status }, index) => status === 'red' || status === 'begun' || (status === 'done' && at >= 0 && index > at),
  );
}

export function markTakenBack(text: string, chunks: readonly Chunk[]): Edit {
  const edits = chunks.map(
    (chunk) => (now: string) => onChunk(now, chunk, (it) => setStatus(it, chunk.number, 'open')),
  );
  return inTurn(text, ...edits);
}

/** Enough for the last lines of a failed test; whoever mends it runs the command again. */
const mostOfFailure = 2000;

/** What an agent is told when its chunk came out red. */
export function fixPrompt({ number, title }: Pick<Chunk, 'number' | 'title'>, failure: string): string {
  return [
    `Chunk ${number} of the plan ("${title}") is not finished: its verify command failed.`,
    failure.length > mostOfFailure ? `${failure.slice(0, mostOfFailure)} …` : failure,
    'Mend that, change nothing else, run the command again until it passes, then stop.',
  ].join('\n');
}

/** One line of text, as terminals and hooks know a prompt; a line break would send it off half-way. */
export function promptLine(prompt: string): string {
  return prompt
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/\p{Cc}+/gu, ' ').trim())
    .filter((line) => line !== '')
    .join(' ');
}

/** As much of a prompt as two programs have to agree on; hooks remember its first line, cut off. */
const comparedLength = 200;

/** Whether a session's current prompt is the one that was handed over. */
export function isHandedOver(run: ChunkRun, promptLabel: string | null): boolean {
  if (run.handedOver === null || promptLabel === null) return false;
  const wanted = run.handedOver.prompt.slice(0, comparedLength);
  return wanted !== '' && promptLabel.slice(0, comparedLength) === wanted;
}

/** A line of the event log, as far as it tells what a session does. */
export const sessionEventSchema = v.object({
  at: v.pipe(
    v.string(),
    v.transform((text) => Date.parse(text)),
    v.number(),
  ),
  agent: v.string(),
  session: v.string(),
  kind: v.string(),
});
export type SessionEvent = v.InferOutput<typeof sessionEventSchema>;

/**
 * What an event means for a run whose prompt was handed over. `promptLabel`: the prompt that its session is at.
 * `ours`: now it is known which session got it · `ended`: that session's turn is over
 */
export function meaningOf(
  run: ChunkRun,
  event: SessionEvent,
  promptLabel: string | null,
): 'nothing' | 'ours' | 'ended' {
  const { handedOver } = run;
  if (handedOver === null || event.at < handedOver.at) return 'nothing';
  const known = handedOver.session;
  const isOurs = known ? known.agent === event.agent && known.id === event.session : isHandedOver(run, promptLabel);
  if (!isOurs) return 'nothing';
  return event.kind === 'turn' ? 'ended' : 'ours';
}
