import type { SquashPreview } from '../checkpoints/commit/squash.ts';
import { plural } from '../protocol/plural.ts';
import { openCheckpoints } from './checkpointArguments.ts';
import { colors } from './colors.ts';
import { UsageError, type Command } from './command.ts';
import { unwrap } from './failures.ts';

function foldedLines({ folded, further }: SquashPreview): string[] {
  const below = `  ${further} more below commits of your own ${further === 1 ? 'stays as it is' : 'stay as they are'}`;
  return [
    ...folded.map(({ commit, subject }) => `  ${colors.dim(commit.slice(0, 10))}  ${subject}`),
    ...(further === 0 ? [] : [colors.yellow(below)]),
  ];
}

export const checkpointSquash: Command = {
  name: 'checkpoint squash',
  finishesWhenInterrupted: true,
  usage: 'checkpoint squash [--message TEXT] [--dry-run]',
  summary: "fold the checkpoint commits at the branch's tip into one (commit mode); files and index stay as they are",
  options: { message: { type: 'string', short: 'm' }, 'dry-run': { type: 'boolean' } },
  async run(context, values, positionals) {
    if (positionals.length > 0) throw new UsageError('checkpoint squash takes no arguments; the message is --message');
    const given = values['message'];
    const message = typeof given === 'string' ? given : '';
    const checkpoints = await openCheckpoints(context);
    const dryRun = values['dry-run'] === true;
    if (dryRun) {
      const preview = unwrap(await checkpoints.previewSquash(message));
      const count = plural(preview.folded.length, 'checkpoint commit');
      return {
        json: { ...preview, commit: null, safety: null, dryRun },
        text: [`${count} of ${preview.branch} would become one. Nothing was changed.`, ...foldedLines(preview)].join(
          '\n',
        ),
      };
    }
    const done = unwrap(await checkpoints.squash(message));
    const text = [
      `${done.branch} is now at ${colors.bold(done.commit.slice(0, 10))}, in the place of:`,
      ...foldedLines(done),
      `The old tip was ${done.oldTip}; back to it with: soft-landing checkpoint restore ${done.safety} --move-head`,
    ];
    return { json: { ...done, dryRun }, text: text.join('\n') };
  },
};
