import { oneId, openCheckpoints, repositoryPath } from './checkpointArguments.ts';
import { colors } from './colors.ts';
import type { Restored, RestorePreview } from '../checkpoints/checkpoints.ts';
import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { UsageError, type Command, type CommandContext, type OptionValues } from './command.ts';
import { unwrap } from './failures.ts';
import { table } from './table.ts';

function stringOption(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

function repositoryPaths(context: CommandContext, top: string, given: OptionValues[string]): string[] {
  return (Array.isArray(given) ? given : []).map((entry) => repositoryPath(context, top, String(entry)));
}

const files = (count: number): string => `${count} ${count === 1 ? 'file' : 'files'}`;

function skippedLines(checkpoint: CheckpointSummary): string[] {
  return checkpoint.skipped.map(({ path: skipped, reason }) => colors.yellow(`  not captured: ${skipped} (${reason})`));
}

export const checkpointCreate: Command = {
  name: 'checkpoint create',
  finishesWhenInterrupted: true,
  usage: 'checkpoint create [--label TEXT]',
  summary: 'save the whole working state',
  options: { label: { type: 'string' } },
  async run(context, values, positionals) {
    if (positionals.length > 0) throw new UsageError('checkpoint create takes no arguments; name it with --label');
    const checkpoints = await openCheckpoints(context);
    const made = unwrap(
      await checkpoints.create({ kind: 'manual', label: stringOption(values, 'label') ?? 'Manual checkpoint' }),
    );
    const { id, ref, tree, label, kind, createdAt, head, branch, changedFiles, unchanged, skipped } = made;
    const text = unchanged
      ? `Nothing has changed since checkpoint ${id} (${label}).`
      : [
          `Checkpoint ${colors.bold(id)} (${label}), ${files(changedFiles)} different from HEAD.`,
          ...skippedLines(made),
        ].join('\n');
    return { json: { id, ref, tree, label, kind, createdAt, head, branch, changedFiles, unchanged, skipped }, text };
  },
};

export const checkpointList: Command = {
  name: 'checkpoint list',
  usage: 'checkpoint list [--all]',
  summary: 'list the checkpoints of this working tree (--all: of all its worktrees), newest first',
  options: { all: { type: 'boolean' } },
  async run(context, values) {
    const checkpoints = await openCheckpoints(context);
    const list = unwrap(await checkpoints.list({ allWorktrees: values['all'] === true }));
    const rows = list.map((checkpoint) => [
      checkpoint.id,
      new Date(checkpoint.createdAt).toLocaleString(),
      checkpoint.tool ?? checkpoint.kind,
      files(checkpoint.changedFiles),
      checkpoint.label,
    ]);
    return {
      json: { checkpoints: list },
      text: list.length === 0 ? 'No checkpoints yet.' : table(['ID', 'TIME', 'BEFORE', 'CHANGED', 'LABEL'], rows),
    };
  },
};

function keptLines(kept: RestorePreview['kept']): string[] {
  return kept.map(({ path: left, reason }) => colors.yellow(`  left as it is: ${left} (${reason})`));
}

function restoredText(result: Restored, label: string): string {
  return [
    `${label}: ${files(result.written)} written, ${result.deleted} deleted.`,
    ...keptLines(result.kept),
    'Take it back with: soft-landing checkpoint undo',
  ].join('\n');
}

export const checkpointRestore: Command = {
  name: 'checkpoint restore',
  finishesWhenInterrupted: true,
  usage: 'checkpoint restore ID [--path P]... [--move-head] [--dry-run]',
  summary: 'bring the working state back to a checkpoint (the present one is saved first)',
  options: {
    path: { type: 'string', multiple: true },
    'move-head': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  async run(context, values, positionals) {
    const id = oneId(positionals);
    const checkpoints = await openCheckpoints(context);
    const paths = repositoryPaths(context, checkpoints.repository.top, values['path']);
    if (values['dry-run'] === true) {
      const preview = unwrap(await checkpoints.preview(id, paths));
      const { written, deleted, kept, checkpoint } = preview;
      return {
        json: { restored: checkpoint.id, written, deleted, kept, safety: null },
        text: [
          `A reset to ${checkpoint.id} (${checkpoint.label}) would write ${files(written)} and delete ${deleted}. Nothing was changed.`,
          ...keptLines(kept),
        ].join('\n'),
      };
    }
    const result = unwrap(await checkpoints.restore(id, { paths, moveHead: values['move-head'] === true }));
    return { json: result, text: restoredText(result, `Reset to ${result.restored}`) };
  },
};

export const checkpointUndo: Command = {
  name: 'checkpoint undo',
  finishesWhenInterrupted: true,
  usage: 'checkpoint undo',
  summary: 'take back the last reset',
  options: {},
  async run(context) {
    const checkpoints = await openCheckpoints(context);
    const result = unwrap(await checkpoints.undo());
    const text = [`Undone: ${files(result.written)} written, ${result.deleted} deleted.`, ...keptLines(result.kept)];
    return { json: result, text: text.join('\n') };
  },
};
