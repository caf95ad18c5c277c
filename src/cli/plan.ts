import path from 'node:path';
import { addPlan, type EditFailure } from '../plan/planEdits.ts';
import { changePlanFile, planFileIn, readPlanFile } from '../plan/planFile.ts';
import { currentPlan } from '../plan/planText.ts';
import { oneLine, tokensText } from '../plan/planFields.ts';
import { nextChunk, type Chunk, type ChunkStatus, type Plan } from '../plan/plan.ts';
import { succeed, type Result } from '../protocol/result.ts';
import { colors } from './colors.ts';
import { CommandError, UsageError, type Command, type CommandContext, type OptionValues } from './command.ts';
import { unwrap } from './failures.ts';
import { table } from './table.ts';

export const fileOption = { file: { type: 'string' } } as const;

export async function planFileOf({ repoDir, stateFolder }: CommandContext, values: OptionValues): Promise<string> {
  const given = values['file'];
  return typeof given === 'string' ? path.resolve(repoDir, given) : planFileIn(repoDir, stateFolder);
}

export function planIn(file: string, text: string): Plan {
  const placed = currentPlan(text);
  if (placed) return placed.plan;
  throw new CommandError('no-plan', `There is no plan in ${file}; soft-landing plan new TITLE begins one.`);
}

const marks: Readonly<Record<ChunkStatus, string>> = { open: ' ', begun: '~', done: 'x', red: '!', dropped: '-' };

function rowOf({ number, title, status, budgetTokens, costTokens }: Chunk): string[] {
  const tokens = (count: number | null): string => (count === null ? '' : tokensText(count));
  return [String(number), `[${marks[status]}] ${status}`, tokens(budgetTokens), tokens(costTokens), title];
}

export function planResult(file: string, plan: Plan): { json: object; text: string } {
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
    const file = await planFileOf(context, values);
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
    const file = await planFileOf(context, values);
    const edit = (text: string): Result<string, EditFailure> => succeed(addPlan(text, title, chunks));
    return planResult(file, planIn(file, unwrap(await changePlanFile(file, edit))));
  },
};
