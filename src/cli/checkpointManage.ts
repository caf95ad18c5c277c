import { bytesText } from '../checkpoints/view/bytesText.ts';
import type { Changes, FileChange, ShownCheckpoint } from '../checkpoints/view/inspect.ts';
import { expirySentence, policySentence } from '../checkpoints/keep/retention.ts';
import { plural } from '../protocol/plural.ts';
import { inEnglish } from '../protocol/sentence.ts';
import { oneId, openCheckpoints, repositoryPath } from './checkpointArguments.ts';
import { colors } from './colors.ts';
import { UsageError, type Command } from './command.ts';
import { unwrap } from './failures.ts';
import { scopeText } from './restoreText.ts';
import { table } from './table.ts';

function changeRow({ status, added, deleted, path: changed }: FileChange): string[] {
  const lines = added === null || deleted === null ? 'binary' : `+${added} -${deleted}`;
  return [`  ${status}`, lines, changed];
}

function notComparedLines(notCompared: Changes['notCompared'], words: string): string[] {
  return notCompared.map(({ path: left, reason }) => colors.yellow(`  ${words}: ${left} (${reason})`));
}

/** What a person wants to know of a checkpoint, a line each; what there is not has no line. */
function facts({ checkpoint, outsideGit }: ShownCheckpoint): string[] {
  const { agent, session, branch, head, ref } = checkpoint;
  const rows: [string, string | null][] = [
    ['Label', checkpoint.label],
    ['Time', new Date(checkpoint.createdAt).toLocaleString()],
    ['Before', checkpoint.tool ?? checkpoint.kind],
    ['Agent', agent === null || session === null ? agent : `${agent}, session ${session}`],
    ['Branch', outsideGit ? null : (branch ?? 'none (detached HEAD)')],
    ['HEAD', outsideGit ? null : (head ?? 'no commit yet')],
    ['Pinned', checkpoint.pinned ? 'yes' : 'no'],
    ['Tests', checkpoint.verified],
    ['Ref', ref],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(6)}  ${value}`]));
}

const comparedWith = {
  head: 'different from HEAD of that time',
  previous: 'different from the checkpoint before',
  nothing: 'in it',
} as const;

export const checkpointShow: Command = {
  name: 'checkpoint show',
  usage: 'checkpoint show ID',
  summary: 'what a checkpoint is, and how its files differ from the commit it was made on',
  options: {},
  async run(context, _values, positionals) {
    const id = oneId(positionals);
    const shown = unwrap(await (await openCheckpoints(context)).view.show(id));
    const { checkpoint, changes, members, notCompared, since } = shown;
    const text = [
      `Checkpoint ${colors.bold(checkpoint.id)}`,
      ...facts(shown),
      '',
      `${plural(changes.length, 'file')} ${comparedWith[since]}${changes.length === 0 ? '.' : ':'}`,
      ...(changes.length === 0 ? [] : [table(['  CHANGE', 'LINES', 'FILE'], changes.map(changeRow))]),
      ...members.flatMap(({ path, id: own }) =>
        own === null ? [] : [`  nested repository: ${path}, checkpoint ${own} there`],
      ),
      ...notComparedLines(notCompared, 'not captured'),
    ];
    return { json: { ...checkpoint, changes, members }, text: text.join('\n') };
  },
};

export const checkpointDiff: Command = {
  name: 'checkpoint diff',
  usage: 'checkpoint diff ID [PATH] [--whole]',
  summary: 'what has changed since a checkpoint, in this folder (--whole: in its repository) or in one file or folder',
  options: { whole: { type: 'boolean' } },
  async run(context, values, positionals) {
    const [id, given, ...rest] = positionals;
    if (id === undefined || rest.length > 0) throw new UsageError('a checkpoint id is needed, and one path at most');
    const checkpoints = await openCheckpoints(context);
    const paths = given === undefined ? [] : [repositoryPath(context, checkpoints.repository.top, given)];
    const selection = { paths, whole: values['whole'] === true };
    // One of the two, as they look at the working folder each.
    if (values['json'] === true) return { json: unwrap(await checkpoints.view.changes(id, selection)), text: '' };
    const { patch, notCompared } = unwrap(
      await checkpoints.view.patch(id, { ...selection, color: colors.isColorSupported }),
    );
    const nothing = `Nothing has changed since checkpoint ${id}${scopeText(checkpoints, selection)}.`;
    const text = patch.toString('utf8').replace(/\n$/, '') || nothing;
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
      const {
        label,
        pinned,
        id: whole,
      } = unwrap(await (await openCheckpoints(context)).keeping.pin(id, name === 'pin'));
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
    const renamed = unwrap(await (await openCheckpoints(context)).keeping.rename(id, label));
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
    const { deleted } = unwrap(await (await openCheckpoints(context)).keeping.delete(positionals));
    return { json: { deleted }, text: `Deleted ${plural(deleted.length, 'checkpoint')}: ${deleted.join(', ')}` };
  },
};

export const checkpointPrune: Command = {
  name: 'checkpoint prune',
  finishesWhenInterrupted: true,
  usage: 'checkpoint prune [--dry-run]',
  summary: 'thin out old checkpoints by the policy set for this folder; never manual and pinned ones',
  options: { 'dry-run': { type: 'boolean' } },
  async run(context, values, positionals) {
    if (positionals.length > 0)
      throw new UsageError('checkpoint prune takes no arguments; delete ID deletes single ones');
    const isDry = values['dry-run'] === true;
    const { deleted, kept, bytes, freedBytes, policy } = unwrap(
      await (await openCheckpoints(context)).keeping.prune({ dryRun: isDry }),
    );
    const rows = deleted.map(({ id, createdAt, label, reason }) => [
      `  ${id}`,
      new Date(createdAt).toLocaleString(),
      inEnglish(expirySentence(reason)),
      label,
    ]);
    const what = plural(deleted.length, 'checkpoint');
    const left = `${kept} ${isDry ? 'would be left' : 'left'}, taking ${bytesText(bytes)}`;
    const text =
      deleted.length === 0
        ? `Nothing to prune: ${plural(kept, 'checkpoint')}, taking ${bytesText(bytes)}.\n${inEnglish(policySentence(policy))}`
        : [
            isDry ? `${what} would be deleted. Nothing was changed.` : `Deleted ${what}.`,
            inEnglish(policySentence(policy)),
            table(['  ID', 'TIME', 'WHY', 'LABEL'], rows),
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
