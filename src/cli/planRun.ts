import path from 'node:path';
import { promptFeatures } from '../agents/promptFeatures.ts';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { chunkFromState } from '../budget/chunkFromState.ts';
import { chunkRoom } from '../budget/chunkRoom.ts';
import { Checkpoints } from '../checkpoints/checkpoints.ts';
import type { Verification } from '../checkpoints/verify/verify.ts';
import { beginChunk, endChunk, nothingLeft, type ChunkHands } from '../plan/chunkFlow.ts';
import type { ChunkVerification } from '../plan/chunkRun.ts';
import { nextChunk, type Plan } from '../plan/plan.ts';
import { setField, setStatus, type EditFailure } from '../plan/planEdits.ts';
import { tokensIn, tokensText } from '../plan/planFields.ts';
import { changePlanFile, readPlanFile, workspaceOf } from '../plan/planFile.ts';
import { chunkPrompt } from '../plan/planRequest.ts';
import { fail, succeed, type Result } from '../protocol/result.ts';
import { newTokens } from '../protocol/usage.ts';
import { isInside } from '../store/isInside.ts';
import { readPreferences } from '../store/preferences.ts';
import { Prices } from '../usage/prices.ts';
import { readUsage } from '../usage/readUsage.ts';
import { failureText, runVerify, verifyJson, verifyText } from './checkpointVerify.ts';
import { CommandError, UsageError, type Command, type CommandContext, type OptionValues } from './command.ts';
import { unwrap } from './failures.ts';
import { readGauge } from './readGauge.ts';
import { fileOption, planFileOf, planIn, planResult } from './plan.ts';

export const planNext: Command = {
  name: 'plan next',
  usage: 'plan next [--begin [--anyway]] [--file FILE]',
  summary: 'the next chunk as a prompt for the agent (--begin: check the room, save a checkpoint, mark it as begun)',
  options: { ...fileOption, begin: { type: 'boolean' }, anyway: { type: 'boolean' } },
  async run(context, values) {
    const file = await planFileOf(context, values);
    if (values['begin'] === true) {
      const begun = unwrap(await beginChunk(handsOf(context, file, values)));
      const { chunk, prompt, checkpoint, estimate } = begun;
      return { json: { file, chunk, prompt, checkpoint, estimate }, text: prompt };
    }
    const plan = planIn(file, unwrap(await readPlanFile(file)));
    const chunk = nextChunk(plan);
    if (!chunk) return unwrap(fail(nothingLeft(plan)));
    const prompt = chunkPrompt(plan, chunk, nameOf(context, file));
    return { json: { file, chunk, prompt }, text: prompt };
  },
};

export const planDone: Command = {
  name: 'plan done',
  usage: 'plan done [N] [--agree | --unverified | --red] [--cost TOKENS] [--checkpoint ID] [--file FILE]',
  summary:
    'run the verify command of the begun chunk and tick it if it passes (exit 1: red; --agree: to the command that the plan names)',
  options: {
    ...fileOption,
    agree: { type: 'boolean' },
    unverified: { type: 'boolean' },
    red: { type: 'boolean' },
    cost: { type: 'string' },
    checkpoint: { type: 'string' },
  },
  async run(context, values, positionals) {
    const number = numberIn(positionals);
    const file = await planFileOf(context, values);
    // Changing a file makes its folder: not where there is nothing to tick.
    const plan = planIn(file, unwrap(await readPlanFile(file)));
    const isSaid = ['red', 'unverified', 'cost', 'checkpoint'].some((name) => values[name] !== undefined);
    if (isSaid) return tickAsSaid(file, plan, number, values);
    const run: { verification: Verification | null } = { verification: null };
    const hands = handsOf(context, file, values, run);
    const ended = unwrap(await endChunk(hands, number === undefined ? {} : { number }));
    const { json, text } = planResult(file, ended.plan);
    const { verification } = run;
    const isGreen = verification === null || verification.verified === 'green';
    const said =
      verification === null ? 'No verify command is set: the chunk was ticked as it is.' : verifyText(verification);
    return {
      json: { ...json, verify: verification && verifyJson(verification) },
      text: `${said}\n\n${text}`,
      exitCode: isGreen ? 0 : 1,
    };
  },
};

/** Nothing is run: the user, or a program that has verified it, says how it ended. */
async function tickAsSaid(file: string, plan: Plan, given: number | undefined, values: OptionValues) {
  const { cost, checkpoint } = values;
  const tokens = typeof cost === 'string' ? tokensIn(cost) : undefined;
  if (tokens === null) throw new UsageError('--cost takes a number of tokens, such as 38200 or 38.2K');
  const number = given ?? begunNumber(plan);
  const edit = (text: string): Result<string, EditFailure> => {
    let result = setStatus(text, number, values['red'] === true ? 'red' : 'done');
    if (result.ok && tokens !== undefined) result = setField(result.value, number, 'Cost', tokensText(tokens));
    if (result.ok && typeof checkpoint === 'string') result = setField(result.value, number, 'Checkpoint', checkpoint);
    return result;
  };
  const { json, text } = planResult(file, planIn(file, unwrap(await changePlanFile(file, edit))));
  return { json: { ...json, verify: null }, text };
}

function begunNumber(plan: Plan): number {
  const begun = nextChunk(plan);
  if (begun && begun.status !== 'open') return begun.number;
  throw new CommandError('no-such-chunk', 'No chunk is begun: say which one is done, by its number.');
}

function numberIn(positionals: readonly string[]): number | undefined {
  const [given, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError('one number at most');
  if (given !== undefined && !/^[1-9]\d{0,5}$/.test(given)) throw new UsageError('a chunk is named by its number');
  return given === undefined ? undefined : Number(given);
}

function nameOf(context: CommandContext, file: string): string {
  return path.relative(context.repoDir, file) || file;
}

/** @param run where the verification is to be left, for the report */
function handsOf(
  context: CommandContext,
  planFile: string,
  values: OptionValues,
  run?: { verification: Verification | null },
): ChunkHands {
  const { repoDir, stateFolder, now } = context;
  const open = () => Checkpoints.open(repoDir, { stateFolder, newStoreAt: repoDir, allowLarge: false });
  const verifying = async () => {
    const opened = await open();
    return opened.ok ? succeed({ checkpoints: opened.value, part: await opened.value.verifying() }) : opened;
  };
  return {
    planFile,
    planName: nameOf(context, planFile),
    stateFolder,
    now,
    estimate: async ({ chunk, prompt }) => {
      const at = now();
      const { gauge, budgets } = await readGauge(context, at);
      const { budgetTokens: chunkTokens } = chunk;
      const room = chunkRoom(gauge, budgets, chunkTokens, at);
      const question = { room, features: promptFeatures(prompt), cwd: repoDir, chunkTokens };
      return chunkFromState(question, stateFolder, at);
    },
    agreesToBegin: () => Promise.resolve(values['anyway'] === true),
    save: async ({ number, title }) => {
      const opened = await open();
      if (!opened.ok) return opened;
      const made = await opened.value.create({ kind: 'manual', label: `Before chunk ${number}: ${title}` });
      return made.ok ? succeed(made.value.id) : made;
    },
    command: async () => {
      const opened = await verifying();
      if (!opened.ok) return opened;
      const set = await opened.value.part.command();
      return set.ok ? succeed(set.value?.command ?? null) : set;
    },
    agreesToRun: async (command) => {
      const opened = await verifying();
      if (!opened.ok) return opened;
      if (values['agree'] === true) {
        const agreed = await opened.value.part.agree(command);
        if (!agreed.ok) return agreed;
      }
      return opened.value.part.isAgreed(command);
    },
    verify: async (command) => {
      const opened = await verifying();
      if (!opened.ok) return opened;
      const set = await opened.value.part.command();
      if (!set.ok) return set;
      const folder = set.value?.command === command ? set.value.folder : opened.value.checkpoints.scope;
      const done = await runVerify(opened.value.checkpoints, { command, folder }, { isJson: values['json'] === true });
      if (run) run.verification = done;
      return succeed(forPlan(done));
    },
    tokensBefore: () => Promise.resolve(undefined),
    tokensSince: ({ begunAt }) => tokensSince(context, workspaceOf(planFile), begunAt),
  };
}

function forPlan(done: Verification): ChunkVerification {
  return { checkpoint: done.checkpoint.id, verified: done.verified, failure: failureText(done) };
}

/** New tokens of every agent's responses in this folder since then. */
async function tokensSince(
  { surroundings, stateFolder, now }: CommandContext,
  folder: string,
  at: number,
): Promise<number> {
  const prices = new Prices((await readPreferences(stateFolder)).prices);
  const scan = await readUsage({ sources: transcriptSources, surroundings, stateFolder, sinceMs: at, prices, now });
  let sum = 0;
  for (const { at: when, cwd, tokens } of scan.ledger.passing()) {
    if (when >= at && cwd !== null && isInside(cwd, folder)) sum += newTokens(tokens);
  }
  return sum;
}
