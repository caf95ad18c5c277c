import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import type { CommitOutcome } from '../checkpoints/commit/commitOutcome.ts';
import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { plural } from '../protocol/plural.ts';
import { oneId, openCheckpoints, repositoryPath } from './checkpointArguments.ts';
import { colors } from './colors.ts';
import { CommandError, UsageError, type Command, type CommandContext, type OptionValues } from './command.ts';
import { unwrap } from './failures.ts';
import { nothingReopened, reopenChunks } from './reopenedChunks.ts';
import { membersJson, previewText, restoredText, scopeText, undoneText } from './restoreText.ts';
import { table } from './table.ts';

function stringOption(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

function repositoryPaths(context: CommandContext, top: string, given: OptionValues[string]): string[] {
  return (Array.isArray(given) ? given : []).map((entry) => repositoryPath(context, top, String(entry)));
}

function skippedLines(checkpoint: CheckpointSummary): string[] {
  return checkpoint.skipped.map(({ path: skipped, reason }) => colors.yellow(`  not captured: ${skipped} (${reason})`));
}

/** `git checkpoint "message"` passes it as a word, like `git commit -m` it may be an option. */
function labelOf(values: OptionValues, positionals: readonly string[]): string {
  const [word, ...rest] = positionals;
  const option = stringOption(values, 'label');
  if (rest.length > 0) throw new UsageError('one label at most; put it in quotes');
  if (word !== undefined && option !== undefined) throw new UsageError('the label is given twice');
  return (word ?? option ?? '').trim() || 'Manual checkpoint';
}

/** Of commit mode; none in hidden mode. */
function commitLines({ commit, commitSkipped, branch }: CommitOutcome & CheckpointSummary): string[] {
  if (commit !== null) return [`Committed to ${branch ?? 'HEAD'} as ${commit.slice(0, 10)}.`];
  if (commitSkipped === null || commitSkipped.reason === 'no-changes') return [];
  return [colors.yellow(`Not committed: ${commitSkipped.message}`)];
}

export const checkpointCreate: Command = {
  name: 'checkpoint create',
  finishesWhenInterrupted: true,
  usage: 'checkpoint create [LABEL | --label TEXT] [--allow-large]',
  summary: 'save the whole working state (--allow-large: of a large folder without git, too)',
  options: { label: { type: 'string', short: 'm' }, 'allow-large': { type: 'boolean' } },
  async run(context, values, positionals) {
    const label = labelOf(values, positionals);
    const checkpoints = await openCheckpoints(context, { allowLarge: values['allow-large'] === true });
    const made = unwrap(await checkpoints.create({ kind: 'manual', label }));
    const { id, ref, tree, kind, createdAt, head, branch, changedFiles, unchanged, skipped } = made;
    const compared =
      checkpoints.repository.store?.kind === 'folder' ? 'changed since the one before' : 'different from HEAD';
    const text = [
      ...(unchanged
        ? [`Nothing has changed since checkpoint ${id} (${made.label}).`]
        : [
            `Checkpoint ${colors.bold(id)} (${made.label}), ${plural(changedFiles, 'file')} ${compared}.`,
            ...skippedLines(made),
          ]),
      ...commitLines(made),
      ...checkpoints.notes.map((note) => colors.yellow(note)),
    ].join('\n');
    const facts = { id, ref, tree, label: made.label, kind, createdAt, head, branch, changedFiles, unchanged, skipped };
    return { json: { ...facts, commit: made.commit, commitSkipped: made.commitSkipped?.reason ?? null }, text };
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
      checkpoint.verified ?? '',
      plural(checkpoint.changedFiles, 'file'),
      checkpoint.label,
    ]);
    return {
      json: { checkpoints: list },
      text:
        list.length === 0 ? 'No checkpoints yet.' : table(['ID', 'TIME', 'BEFORE', 'TESTS', 'CHANGED', 'LABEL'], rows),
    };
  },
};

export const checkpointRestore: Command = {
  name: 'checkpoint restore',
  finishesWhenInterrupted: true,
  usage: 'checkpoint restore ID|--last-green [--path P]... [--whole] [--move-head] [--dry-run]',
  summary: 'bring this folder back to a checkpoint (--whole: its repository); the present state is saved first',
  options: {
    'last-green': { type: 'boolean' },
    path: { type: 'string', multiple: true },
    whole: { type: 'boolean' },
    'move-head': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  async run(context, values, positionals) {
    const checkpoints = await openCheckpoints(context);
    const id = values['last-green'] === true ? await greenId(checkpoints, positionals) : oneId(positionals);
    const selection = {
      paths: repositoryPaths(context, checkpoints.repository.top, values['path']),
      whole: values['whole'] === true,
    };
    const scope = scopeText(checkpoints, selection);
    if (values['dry-run'] === true) {
      const preview = unwrap(await checkpoints.preview(id, selection));
      const { written, deleted, kept, members, checkpoint } = preview;
      return {
        json: { restored: checkpoint.id, written, deleted, kept, members: membersJson(members), safety: null },
        text: previewText(preview, scope),
      };
    }
    const result = unwrap(await checkpoints.restore(id, { ...selection, moveHead: values['move-head'] === true }));
    const isWhole = values['last-green'] === true && selection.paths.length === 0;
    const reopened = isWhole ? await reopenChunks(context.repoDir, context.stateFolder, id) : nothingReopened;
    return {
      json: { ...result, members: membersJson(result.members), reopened: reopened.numbers },
      text: [restoredText(result, scope), ...reopened.lines].join('\n'),
    };
  },
};

async function greenId(checkpoints: Checkpoints, positionals: readonly string[]): Promise<string> {
  if (positionals.length > 0) throw new UsageError('either a checkpoint id or --last-green');
  const green = unwrap(await (await checkpoints.verifying()).lastGreen());
  if (green) return green.id;
  throw new CommandError('no-green', 'No checkpoint here has passed its verify command yet. Nothing was changed.');
}

export const checkpointUndo: Command = {
  name: 'checkpoint undo',
  finishesWhenInterrupted: true,
  usage: 'checkpoint undo',
  summary: 'take back the last reset',
  options: {},
  async run(context) {
    const checkpoints = await openCheckpoints(context);
    const result = unwrap(await checkpoints.undo());
    return { json: { ...result, members: membersJson(result.members) }, text: undoneText(result) };
  },
};
