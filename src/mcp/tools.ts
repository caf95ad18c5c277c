import * as v from 'valibot';
import { checkpointList } from '../cli/checkpoint.ts';
import type { CommandContext } from '../cli/command.ts';
import { estimateCommand } from '../cli/estimate.ts';
import { statusCommand } from '../cli/status.ts';
import { usageCommand } from '../cli/usage.ts';
import { dayBefore } from './dayBefore.ts';

/** JSON Schema, as far as the tools need it. */
interface InputSchema {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: readonly string[];
}

/** One question an agent may ask. Each only reads: an agent must not be able to reset, delete or install anything through us. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: InputSchema;
  /** @param args as the model sent them. Throws ValiError for what the schema does not allow. */
  answer(context: CommandContext, args: unknown): Promise<unknown>;
}

const day = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is written 2026-11-23'));
const nothing = v.strictObject({});
const usageArguments = v.strictObject({
  by: v.optional(v.picklist(['day', 'model', 'session', 'project', 'agent']), 'day'),
  since: v.optional(day),
  until: v.optional(day),
});
const listArguments = v.strictObject({
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)), 20),
});
const estimateArguments = v.strictObject({
  task: v.pipe(v.string(), v.trim(), v.minLength(1)),
  files: v.optional(v.pipe(v.array(v.string()), v.maxLength(100)), []),
});
const listSchema = v.looseObject({ checkpoints: v.array(v.unknown()) });

/** An agent's context is dear: a week, not the whole history, unless it says since when. */
const usualDays = 7;

export const tools: readonly Tool[] = [
  {
    name: 'status',
    title: 'How much is left',
    description:
      'How much of each usage window (five-hour, weekly, own budgets, context) is used and left above the reserve, the pace, when it resets, and how sure each number is. Ask before starting something large, and when work has gone on for long.',
    inputSchema: { type: 'object', additionalProperties: false, properties: {} },
    async answer(context, args) {
      v.parse(nothing, args);
      return (await statusCommand.run(context, {}, [])).json;
    },
  },
  {
    name: 'usage',
    title: 'Tokens used',
    description: `Tokens used by coding agents on this machine, each response counted once, with the cost at API prices; by day of the last ${usualDays} days unless told otherwise.`,
    inputSchema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        by: { type: 'string', enum: ['day', 'model', 'session', 'project', 'agent'], default: 'day' },
        since: {
          type: 'string',
          pattern: String.raw`^\d{4}-\d{2}-\d{2}$`,
          description: 'first day, such as 2026-11-23',
        },
        until: { type: 'string', pattern: String.raw`^\d{4}-\d{2}-\d{2}$`, description: 'last day' },
      },
    },
    async answer(context, args) {
      const { by, since, until } = v.parse(usageArguments, args);
      const first = since ?? dayBefore(context.now(), usualDays - 1);
      return (await usageCommand.run(context, { by, since: first, until }, [])).json;
    },
  },
  {
    name: 'estimate',
    title: 'What a task will take',
    description:
      'What a task will likely take in tokens and percent of the tightest window, from past tasks on this machine, and whether it fits into what is left: proceed, tight, split into chunks, or unknown.',
    inputSchema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        task: { type: 'string', description: 'the task in one sentence or more' },
        files: { type: 'array', items: { type: 'string' }, maxItems: 100, description: 'files it is about' },
      },
      required: ['task'],
    },
    async answer(context, args) {
      const { task, files } = v.parse(estimateArguments, args);
      return (await estimateCommand.run(context, { file: files }, [task])).json;
    },
  },
  {
    name: 'list_checkpoints',
    title: 'Saved states',
    description:
      'The newest checkpoints (saved working states) of this folder: id, label, when, before which tool, how many files had changed, whether its verify command passed. A person resets to one with Soft Landing; this tool changes nothing.',
    inputSchema: {
      type: 'object',
      additionalProperties: false,
      properties: { limit: { type: 'integer', minimum: 1, maximum: 200, default: 20 } },
    },
    async answer(context, args) {
      const { limit } = v.parse(listArguments, args);
      const { checkpoints } = v.parse(listSchema, (await checkpointList.run(context, {}, [])).json);
      return { checkpoints: checkpoints.slice(0, limit), total: checkpoints.length };
    },
  },
];
