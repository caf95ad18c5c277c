import path from 'node:path';
import { addPlan, setField, setStatus, type EditFailure } from '../plan/planEdits.ts';
import { changePlanFile, defaultPlanFile, readPlanFile } from '../plan/planFile.ts';
import { chunkPrompt } from '../plan/planRequest.ts';
import { currentPlan } from '../plan/planText.ts';
import { oneLine, tokensIn, tokensText } from '../plan/planFields.ts';
import { nextChunk, type Chunk, type ChunkStatus, type Plan } from '../plan/plan.ts';
import { succeed, type Result } from '../protocol/result.ts';
import { colors } from './colors.ts';
import { CommandError, UsageError, type Command, type CommandContext, type OptionValues } from './command.ts';
import { unwrap } from './failures.ts';
import { table } from './table.ts';

const fileOption = { file: { type: 'string' } } as const;

function planFileOf(context: CommandContext, values: OptionValues): string {
  const given = values['file'];
  return typeof given === 'string' ? path.resolve(context.repoDir, given) : defaultPlanFile(context.repoDir);
}

function planIn(file: string, text: string): Plan {
  const placed = currentPlan(text);
  if (placed) return placed.plan;
  throw new CommandError('no-plan', `There is no plan in ${file}; soft-landing plan new TITLE begins one.`);
}

const marks: Readonly<Record<ChunkStatus, string>> = { open: ' ', begun: '~', done: 'x', red: '!', dropped: '-' };

function rowOf({ number, title, status, budgetTokens, costTokens }: Chunk): string[] {
  const tokens = (count: number | null): string => (count === null ? '' : tokensText(count));
  return [String(number), `[${marks[status]}] ${status}`, tokens(budgetTokens), tokens(costTokens), title];
}

function planResult(file: string, plan: Plan): { json: unknown; text: string } {
  const next = nextChunk(plan);
  const rows = plan.chunks.map(rowOf);
  const lines = [
    `${colors.bold(plan.title === '' ? 'Plan' : plan.title)}  ${colors.dim(file)}`,
    rows.length === 0 ? 'No chunks yet.' : table(['#', 'STATUS', 'BUDGET', 'COST', 'CHUNK'], rows),
    ...(rows.length === 0 ? [] : [next === null ? 'Nothing is left to do.' : `Next: ${next.number}. ${next.title}`]),
  ];
  return { json: { file, plan, next: next?.number ?? null }, text: lines.join('\n') };
}

export const planShow: Command = {
  name: 'plan show',
  usage: 'plan show [--file FILE]',
  summary: 'the chunks of the current task',
  options: fileOption,
  async run(context, values) {
    const file = planFileOf(context, values);
    return planResult(file, planIn(file, unwrap(await readPlanFile(file))));
  },
};

export const planNew: Command = {
  name: 'plan new',
  usage: 'plan new TITLE [--chunk TITLE]... [--file FILE]',
  summary: 'begin a plan (a Markdown checklist to edit by hand); an older one in the file stays above it',
  options: { ...fileOption, chunk: { type: 'string', multiple: true } },
  async run(context, values, positionals) {
    const [title, ...rest] = positionals;
    if (title === undefined || oneLine(title) === '' || rest.length > 0) {
      throw new UsageError('exactly one title is needed; put it in quotes');
    }
    const given = values['chunk'];
    const chunks = (Array.isArray(given) ? given : []).map((chunk) => ({ title: String(chunk) }));
    if (chunks.some((chunk) => oneLine(chunk.title) === '')) throw new UsageError('a chunk needs a title');
    const file = planFileOf(context, values);
    const edit = (text: string): Result<string, EditFailure> => succeed(addPlan(text, title, chunks));
    return planResult(file, planIn(file, unwrap(await changePlanFile(file, edit))));
  },
};

export const planNext: Command = {
  name: 'plan next',
  usage: 'plan next [--begin] [--file FILE]',
  summary: 'the next chunk as a prompt for the agent (--begin: mark it as begun)',
  options: { ...fileOption, begin: { type: 'boolean' } },
  async run(context, values) {
    const file = planFileOf(context, values);
    const plan = planIn(file, unwrap(await readPlanFile(file)));
    const chunk = nextChunk(plan);
    if (!chunk) throw new CommandError('nothing-left', 'Nothing is left to do in this plan.');
    const begins = values['begin'] === true && chunk.status === 'open';
    if (begins) {
      // The file may have been edited since it was read: the prompt and the mark must be about the same chunk.
      const edit = (text: string): Result<string, EditFailure> => {
        const now = currentPlan(text)?.plan.chunks[chunk.number - 1];
        if (now?.title === chunk.title) return setStatus(text, chunk.number, 'begun');
        throw new CommandError('changed-meanwhile', `${file} was changed meanwhile. Nothing was marked.`);
      };
      unwrap(await changePlanFile(file, edit));
    }
    const prompt = chunkPrompt(plan, chunk, path.relative(context.repoDir, file) || file);
    return { json: { file, chunk: begins ? { ...chunk, status: 'begun' } : chunk, prompt }, text: prompt };
  },
};

function numberOf(plan: Plan, given: string | undefined): number {
  if (given === undefined) {
    const begun = nextChunk(plan);
    if (begun && begun.status !== 'open') return begun.number;
    throw new CommandError('no-such-chunk', 'No chunk is begun: say which one is done, by its number.');
  }
  if (!/^[1-9]\d{0,5}$/.test(given)) throw new UsageError('a chunk is named by its number');
  return Number(given);
}

export const planDone: Command = {
  name: 'plan done',
  usage: 'plan done [N] [--red] [--cost TOKENS] [--checkpoint ID] [--file FILE]',
  summary: 'tick a chunk, by default the one that is begun (--red: its verify command failed)',
  options: {
    ...fileOption,
    red: { type: 'boolean' },
    cost: { type: 'string' },
    checkpoint: { type: 'string' },
  },
  async run(context, values, positionals) {
    if (positionals.length > 1) throw new UsageError('one number at most');
    const { cost, checkpoint } = values;
    const tokens = typeof cost === 'string' ? tokensIn(cost) : undefined;
    if (tokens === null) throw new UsageError('--cost takes a number of tokens, such as 38200 or 38.2K');
    const file = planFileOf(context, values);
    // Changing a file makes its folder: not where there is nothing to tick.
    planIn(file, unwrap(await readPlanFile(file)));
    const edit = (text: string): Result<string, EditFailure> => {
      const number = numberOf(planIn(file, text), positionals[0]);
      let result = setStatus(text, number, values['red'] === true ? 'red' : 'done');
      if (result.ok && tokens !== undefined) result = setField(result.value, number, 'Cost', tokensText(tokens));
      if (result.ok && typeof checkpoint === 'string') {
        result = setField(result.value, number, 'Checkpoint', checkpoint);
      }
      return result;
    };
    return planResult(file, planIn(file, unwrap(await changePlanFile(file, edit))));
  },
};
