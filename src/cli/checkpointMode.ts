import { checkpointModes } from '../checkpoints/repositorySettings.ts';
import { openCheckpoints } from './checkpointArguments.ts';
import { UsageError, type Command } from './command.ts';
import { unwrap } from './failures.ts';

const words = {
  hidden: 'hidden: checkpoints are kept in refs of their own; branch, index and log are not touched',
  commit: 'commit: each checkpoint is also committed to the branch (git add -A, git commit; no hooks, no signing)',
} as const;

export const checkpointMode: Command = {
  name: 'checkpoint mode',
  finishesWhenInterrupted: true,
  usage: `checkpoint mode [${checkpointModes.join('|')}]`,
  summary: 'show or set how checkpoints of this working tree are kept: hidden, or also as commits on the branch',
  options: {},
  async run(context, _values, positionals) {
    const [given, ...rest] = positionals;
    const wanted = checkpointModes.find((mode) => mode === given);
    if (rest.length > 0 || (given !== undefined && wanted === undefined)) {
      throw new UsageError(`the mode is one of ${checkpointModes.join(', ')}`);
    }
    const checkpoints = await openCheckpoints(context);
    const mode = unwrap(wanted === undefined ? await checkpoints.mode() : await checkpoints.setMode(wanted));
    return { json: { mode }, text: words[mode] };
  },
};
