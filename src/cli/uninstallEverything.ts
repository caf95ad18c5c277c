import { findTraces } from '../install/everything/findTraces.ts';
import { removeTraces, withoutCheckpoints, type RemovedTrace } from '../install/everything/removeTraces.ts';
import { traceText } from '../install/everything/trace.ts';
import type { LauncherTarget } from '../install/launcher.ts';
import type { CommandContext, CommandResult, OptionValues } from './command.ts';

/** The word that stands for all we ever wrote where an agent's name stands else. */
export const everything = 'everything';

/** Lists all we ever wrote, and takes it back. */
export async function uninstallEverything(
  context: CommandContext,
  values: OptionValues,
  launcher: LauncherTarget,
): Promise<CommandResult> {
  const keepCheckpoints = values['keep-checkpoints'] === true;
  const request = { surroundings: context.surroundings, launcher, folders: [context.repoDir] };
  const found = await findTraces(request);
  const traces = keepCheckpoints ? withoutCheckpoints(found) : found;
  if (traces.length === 0) return { json: { traces: [], dryRun: false }, text: 'There is nothing of ours here.' };
  if (values['dry-run'] === true) {
    const text = ['This would be removed:', ...traces.map((trace) => `  ${traceText(trace)}`), '', commitsStay].join(
      '\n',
    );
    return {
      json: { traces: traces.map((trace) => ({ ...trace, removed: false, problem: null })), dryRun: true },
      text,
    };
  }
  const removed = await removeTraces(traces, request, { keepCheckpoints });
  const failed = removed.filter(({ problem }) => problem !== null);
  return {
    json: {
      traces: removed.map(({ trace, problem }) => ({
        ...trace,
        removed: problem === null,
        problem: problem?.message ?? null,
      })),
      dryRun: false,
    },
    text: [
      'Removed:',
      ...lines(removed.filter(({ problem }) => problem === null)),
      ...(failed.length === 0 ? [] : ['Not removed:', ...lines(failed)]),
      '',
      commitsStay,
    ].join('\n'),
    exitCode: failed.length === 0 ? 0 : 1,
  };
}

const commitsStay =
  'Commits that commit mode made are part of your branches and stay, and so do your settings `softLanding.*` of the editor.';

function lines(removed: readonly RemovedTrace[]): string[] {
  return removed.map(
    ({ trace, problem }) => `  ${traceText(trace)}${problem === null ? '' : `\n    ${problem.message}`}`,
  );
}
