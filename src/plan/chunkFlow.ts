import { said, type Wording } from '../protocol/sentence.ts';
import { fail, succeed, type Result } from '../protocol/result.ts';
import type { ChunkEstimate, ChunkEstimator } from './chunkEstimator.ts';
import {
  beginRun,
  chunkOf,
  markBegun,
  markEnded,
  markTakenBack,
  takenBack,
  type ChunkRun,
  type ChunkVerification,
} from './chunkRun.ts';
import { readChunkRun, writeChunkRun } from './chunkRunFile.ts';
import { nextChunk, type Chunk, type Plan } from './plan.ts';
import { changePlanFile, readPlanFile } from './planFile.ts';
import { chunkPrompt } from './planRequest.ts';
import { currentPlan } from './planText.ts';
import { noSuchChunk, type EditFailure } from './planEdits.ts';

export interface FlowFailure extends Wording {
  readonly reason: string;
}

/** What the flow needs of the program that runs it. */
export interface ChunkHands {
  readonly planFile: string;
  /** the plan file as the agent would name it */
  readonly planName: string;
  readonly stateFolder: string;
  readonly now: () => number;
  readonly estimate: ChunkEstimator;
  /** whether a chunk is to begin though it may not fit */
  readonly agreesToBegin: (chunk: Chunk, estimate: ChunkEstimate) => Promise<boolean>;
  /** saves the working state; answers the checkpoint's id */
  readonly save: (chunk: Chunk) => Promise<Result<string, FlowFailure>>;
  /** the verify command of the folder; null: none is set */
  readonly command: () => Promise<Result<string | null, FlowFailure>>;
  /** whether a command that only the plan names, and an agent may have written, is to be run */
  readonly agreesToRun: (command: string) => Promise<Result<boolean, FlowFailure>>;
  readonly verify: (command: string) => Promise<Result<ChunkVerification, FlowFailure>>;
  /** what the sessions in this folder have used so far, if that is needed to know what a chunk takes (`ChunkRun.tokensBefore`) */
  readonly tokensBefore: () => Promise<ChunkRun['tokensBefore']>;
  /** new tokens that agents have used in this folder since a run began; null: not known */
  readonly tokensSince: (run: ChunkRun) => Promise<number | null>;
}

type FlowResult<Value> = Promise<Result<Value, FlowFailure>>;

export interface BegunChunk {
  readonly plan: Plan;
  readonly chunk: Chunk;
  readonly prompt: string;
  readonly checkpoint: string;
  readonly estimate: ChunkEstimate;
}

export function nothingLeft({ chunks }: Plan): FlowFailure {
  const words =
    chunks.length === 0 ? said('This plan has no chunks yet.') : said('Nothing is left to do in this plan.');
  return { reason: 'nothing-left', ...words };
}

/** Check the room, estimate, save, mark: then the prompt can be handed to an agent. */
export async function beginChunk(hands: ChunkHands): FlowResult<BegunChunk> {
  const read = await readPlan(hands);
  if (!read.ok) return read;
  const plan = read.value;
  const chunk = nextChunk(plan);
  if (chunk === null) return fail(nothingLeft(plan));
  const prompt = chunkPrompt(plan, chunk, hands.planName);
  const estimate = await hands.estimate({ plan, chunk, prompt });
  const isDoubtful = estimate.decision === 'tight' || estimate.decision === 'split';
  if (isDoubtful && !(await hands.agreesToBegin(chunk, estimate))) {
    return fail({ reason: 'no-room', ...said('Chunk {0} was not begun. {1}', chunk.number, estimate.sentence) });
  }
  const saved = await hands.save(chunk);
  if (!saved.ok) return saved;
  const marked = await change(hands, (text) => markBegun(text, chunk));
  if (!marked.ok) return marked;
  const last = await readChunkRun(hands.stateFolder, hands.planFile);
  const run = beginRun(chunk, last, saved.value, hands.now());
  const tokensBefore = run.begunAt === last?.begunAt ? last.tokensBefore : await hands.tokensBefore();
  await writeChunkRun(hands.stateFolder, hands.planFile, { ...run, ...(tokensBefore ? { tokensBefore } : {}) });
  const status = chunk.status === 'open' ? 'begun' : chunk.status;
  return succeed({ plan: marked.value, chunk: { ...chunk, status }, prompt, checkpoint: saved.value, estimate });
}

/** Remembers that the prompt (or a further one about the same chunk) has gone to an agent, whose turn is then waited for. */
export async function noteHandedOver(
  hands: Pick<ChunkHands, 'planFile' | 'stateFolder' | 'now'>,
  line: string,
): Promise<void> {
  const run = await readChunkRun(hands.stateFolder, hands.planFile);
  if (run === null) return;
  await writeChunkRun(hands.stateFolder, hands.planFile, { ...run, handedOver: { at: hands.now(), prompt: line } });
}

export interface EndedChunk {
  readonly plan: Plan;
  readonly chunk: Chunk;
  readonly verification: ChunkVerification | null;
  readonly costTokens: number | null;
}

export interface EndOptions {
  /** by its number; by default the one that is begun */
  readonly number?: number;
  /** ticked without a test, on the user's word */
  readonly unverified?: boolean;
}

/** Runs the chunk's verify command and writes into the plan what came of it: ticked, or red. */
export async function endChunk(
  hands: ChunkHands,
  { number, unverified = false }: EndOptions = {},
): FlowResult<EndedChunk> {
  const read = await readPlan(hands);
  if (!read.ok) return read;
  const chunk = chunkToEnd(read.value, number);
  if (!chunk.ok) return chunk;
  const run = await readChunkRun(hands.stateFolder, hands.planFile);
  const isRuns = run !== null && chunkOf(read.value, run)?.number === chunk.value.number;
  let verification: ChunkVerification | null = null;
  if (!unverified) {
    const verified = await verifyChunk(hands, chunk.value);
    if (!verified.ok) return verified;
    verification = verified.value;
  }
  const costTokens = isRuns ? await hands.tokensSince(run) : null;
  const marked = await change(hands, (text) => markEnded(text, chunk.value, { verification, costTokens }));
  if (!marked.ok) return marked;
  if (isRuns) await writeChunkRun(hands.stateFolder, hands.planFile, runAfter(run, verification));
  const ended = marked.value.chunks[chunk.value.number - 1] ?? chunk.value;
  return succeed({ plan: marked.value, chunk: ended, verification, costTokens });
}

/** A green chunk is over; of a red one its failure is kept. */
function runAfter(run: ChunkRun, verification: ChunkVerification | null): ChunkRun | null {
  if (verification === null || verification.verified === 'green') return null;
  const failure = verification.verified === 'red' ? verification.failure : run.failure;
  return { ...run, failure, handedOver: null };
}

function chunkToEnd(plan: Plan, number: number | undefined): Result<Chunk, FlowFailure> {
  const next = nextChunk(plan);
  const chunk = number === undefined ? (next?.status === 'open' ? null : next) : plan.chunks[number - 1];
  if (chunk) return succeed(chunk);
  const words =
    number === undefined
      ? said('No chunk is begun: say which one is done, by its number.')
      : noSuchChunk(plan.chunks.length, number);
  return fail({ reason: 'no-such-chunk', ...words });
}

/** null: there is nothing that could verify it. */
async function verifyChunk(hands: ChunkHands, chunk: Chunk): FlowResult<ChunkVerification | null> {
  const command = await commandOf(hands, chunk);
  if (!command.ok) return command;
  return command.value === null ? succeed(null) : hands.verify(command.value);
}

/** The chunk's own command counts before the folder's, if a person has agreed to it. */
async function commandOf(hands: ChunkHands, { verify, number }: Chunk): FlowResult<string | null> {
  const own = verify?.trim() ?? '';
  if (own === '') return hands.command();
  const agreed = await hands.agreesToRun(own);
  if (!agreed.ok) return agreed;
  if (agreed.value) return succeed(own);
  const words = said(
    'Chunk {0} names a command of its own that nobody has agreed to yet: {1}. Nothing was run.',
    number,
    own,
  );
  return fail({ reason: 'command-not-agreed', ...words });
}

/** After a reset to a green checkpoint: what it has taken back is open again. Answers those chunks; none where there is no plan. */
export async function reopenTakenBack(
  hands: Pick<ChunkHands, 'planFile' | 'stateFolder'>,
  green: string,
): FlowResult<readonly Chunk[]> {
  const read = await readPlanFile(hands.planFile);
  if (!read.ok) return read;
  const plan = currentPlan(read.value)?.plan;
  const chunks = plan ? takenBack(plan, green) : [];
  if (chunks.length === 0) return succeed([]);
  const changed = await changePlanFile(hands.planFile, (text) => markTakenBack(text, chunks));
  if (!changed.ok) return changed;
  await writeChunkRun(hands.stateFolder, hands.planFile, null);
  return succeed(chunks);
}

async function readPlan({ planFile }: ChunkHands): FlowResult<Plan> {
  const text = await readPlanFile(planFile);
  return text.ok ? planIn(planFile, text.value) : text;
}

function planIn(planFile: string, text: string): Result<Plan, FlowFailure> {
  const placed = currentPlan(text);
  if (placed) return succeed(placed.plan);
  return fail({ reason: 'no-plan', ...said('There is no plan in {0}.', planFile) });
}

async function change({ planFile }: ChunkHands, edit: (text: string) => Result<string, EditFailure>): FlowResult<Plan> {
  const changed = await changePlanFile(planFile, edit);
  return changed.ok ? planIn(planFile, changed.value) : changed;
}
