import type { Changes, FileChange } from '../checkpoints/inspect.ts';
import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { oneId, openCheckpoints, repositoryPath } from './checkpointArguments.ts';
import { colors } from './colors.ts';
import { UsageError, type Command } from './command.ts';
import { unwrap } from './failures.ts';
import { table } from './table.ts';

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ''}`;
}

function changeRow({ status, added, deleted, path: changed }: FileChange): string[] {
  const lines = added === null || deleted === null ? 'binary' : `+${added} -${deleted}`;
  return [`  ${status}`, lines, changed];
}

function notComparedLines(notCompared: Changes['notCompared'], words: string): string[] {
  return notCompared.map(({ path: left, reason }) => colors.yellow(`  ${words}: ${left} (${reason})`));
}

/** What a person wants to know of a checkpoint, a line each; what there is not has no line. */
function facts(checkpoint: CheckpointSummary): string[] {
  const { agent, session, branch, head, ref } = checkpoint;
  const rows: [string, string | null][] = [
    ['Label', checkpoint.label],
    ['Time', new Date(checkpoint.createdAt).toLocaleString()],
    ['Before', checkpoint.tool ?? checkpoint.kind],
    ['Agent', agent === null || session === null ? agent : `${agent}, session ${session}`],
    ['Branch', branch ?? 'none (detached HEAD)'],
    ['HEAD', head ?? 'no commit yet'],
    ['Pinned', checkpoint.pinned ? 'yes' : 'no'],
    ['Ref', ref],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(6)}  ${value}`]));
}

export const checkpointShow: Command = {
  name: 'checkpoint show',
  usage: 'checkpoint show ID',
  summary: 'what a checkpoint is, and how its files differ from the commit it was made on',
  options: {},
  async run(context, _values, positionals) {
    const id = oneId(positionals);
    const { checkpoint, changes, notCompared } = unwrap(await (await openCheckpoints(context)).show(id));
    const text = [
      `Checkpoint ${colors.bold(checkpoint.id)}`,
      ...facts(checkpoint),
      '',
      `${count(changes.length, 'file')} different from HEAD of that time${changes.length === 0 ? '.' : ':'}`,
      ...(changes.length === 0 ? [] : [table(['  CHANGE', 'LINES', 'FILE'], changes.map(changeRow))]),
      ...notComparedLines(notCompared, 'not captured'),
    ];
    return { json: { ...checkpoint, changes }, text: text.join('\n') };
  },
};

export const checkpointDiff: Command = {
  name: 'checkpoint diff',
  usage: 'checkpoint diff ID [PATH]',
  summary: 'what has changed since a checkpoint, everywhere or in one file or folder',
  options: {},
  async run(context, values, positionals) {
    const [id, given, ...rest] = positionals;
    if (id === undefined || rest.length > 0) throw new UsageError('a checkpoint id is needed, and one path at most');
    const checkpoints = await openCheckpoints(context);
    const paths = given === undefined ? [] : [repositoryPath(context, checkpoints.repository.top, given)];
    // One of the two, as they look at the working folder each.
    if (values['json'] === true) return { json: unwrap(await checkpoints.changes(id, paths)), text: '' };
    const { patch, notCompared } = unwrap(await checkpoints.patch(id, { paths, color: colors.isColorSupported }));
    const text = patch.toString('utf8').replace(/\n$/, '') || `Nothing has changed since checkpoint ${id}.`;
    // Before the patch: there `git apply` passes over it.
    return { json: null, text: [...notComparedLines(notCompared, 'not compared'), text].join('\n') };
  },
};

function pinCommand(name: 'pin' | 'unpin', summary: string): Command {
  return {
    name: `checkpoint ${name}`,
    finishesWhenInterrupted: true,
    usage: `checkpoint ${name} ID`,
    summary,
    options: {},
    async run(context, _values, positionals) {
      const id = oneId(positionals);
      const { label, pinned, id: whole } = unwrap(await (await openCheckpoints(context)).pin(id, name === 'pin'));
      const words = pinned ? 'is kept until you delete it' : 'is kept as long as the policy says';
      return { json: { id: whole, label, pinned }, text: `Checkpoint ${colors.bold(whole)} (${label}) ${words}.` };
    },
  };
}

export const checkpointPin = pinCommand('pin', 'keep a checkpoint until it is deleted by hand');
export const checkpointUnpin = pinCommand('unpin', 'let the retention policy decide about a checkpoint again');

export const checkpointRename: Command = {
  name: 'checkpoint rename',
  finishesWhenInterrupted: true,
  usage: 'checkpoint rename ID LABEL',
  summary: 'give a checkpoint another label',
  options: {},
  async run(context, _values, positionals) {
    const [id, label, ...rest] = positionals;
    if (id === undefined || label === undefined || label.trim() === '' || rest.length > 0) {
      throw new UsageError('a checkpoint id and a label are needed (put the label in quotes)');
    }
    const renamed = unwrap(await (await openCheckpoints(context)).rename(id, label));
    return {
      json: { id: renamed.id, label: renamed.label, pinned: renamed.pinned },
      text: `Checkpoint ${colors.bold(renamed.id)} is now called: ${renamed.label}`,
    };
  },
};

export const checkpointDelete: Command = {
  name: 'checkpoint delete',
  finishesWhenInterrupted: true,
  usage: 'checkpoint delete ID...',
  summary: 'delete checkpoints for good (the working state stays as it is)',
  options: {},
  async run(context, _values, positionals) {
    if (positionals.length === 0) throw new UsageError('at least one checkpoint id is needed');
    const { deleted } = unwrap(await (await openCheckpoints(context)).delete(positionals));
    return { json: { deleted }, text: `Deleted ${count(deleted.length, 'checkpoint')}: ${deleted.join(', ')}` };
  },
};

export const checkpointPrune: Command = {
  name: 'checkpoint prune',
  finishesWhenInterrupted: true,
  usage: 'checkpoint prune [--dry-run]',
  summary: 'thin out old checkpoints: all of 24 hours, hourly for 7 days, daily for 30; never manual and pinned ones',
  options: { 'dry-run': { type: 'boolean' } },
  async run(context, values, positionals) {
    if (positionals.length > 0)
      throw new UsageError('checkpoint prune takes no arguments; delete ID deletes single ones');
    const isDry = values['dry-run'] === true;
    const { deleted, kept, bytes, freedBytes } = unwrap(
      await (await openCheckpoints(context)).prune({ dryRun: isDry }),
    );
    const rows = deleted.map(({ id, createdAt, tool, kind, label }) => [
      `  ${id}`,
      new Date(createdAt).toLocaleString(),
      tool ?? kind,
      label,
    ]);
    const what = count(deleted.length, 'checkpoint');
    const left = `${kept} ${isDry ? 'would be left' : 'left'}, taking ${bytesText(bytes)}`;
    const text =
      deleted.length === 0
        ? `Nothing to prune: ${count(kept, 'checkpoint')}, taking ${bytesText(bytes)}.`
        : [
            isDry ? `${what} would be deleted. Nothing was changed.` : `Deleted ${what}.`,
            table(['  ID', 'TIME', 'BEFORE', 'LABEL'], rows),
            `${left}; git's next gc can free ${bytesText(freedBytes)}.`,
          ].join('\n');
    return {
      json: {
        deleted: deleted.map(({ id, label, createdAt, kind }) => ({ id, label, createdAt, kind })),
        kept,
        bytes,
        freedBytes,
      },
      text,
    };
  },
};
