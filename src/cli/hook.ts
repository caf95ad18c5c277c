import { runHook } from '../hook/runHook.ts';
import { UsageError, type Command } from './command.ts';

const deadlineMs = 9_500;

/** The hook as a command, for agents that are set up by hand; installed hooks call hook.cjs, which starts faster. */
export const hook: Command = {
  name: 'hook',
  usage: 'hook AGENT',
  summary: "answer an agent's hook (its JSON on stdin); always exits 0",
  options: {},
  isHook: true,
  async run(context, _values, positionals) {
    const [agent] = positionals;
    if (agent === undefined) throw new UsageError('which agent? for example: hook claude');
    const chunks: Uint8Array[] = [];
    for await (const chunk of context.stdin) chunks.push(chunk);
    const text = await runHook({
      agent,
      stdin: Buffer.concat(chunks).toString('utf8'),
      stateFolder: context.stateFolder,
      surroundings: context.surroundings,
      programDir: context.programDir,
      now: context.now,
      signal: AbortSignal.timeout(deadlineMs),
      waitMs: deadlineMs,
      early: Promise.resolve(null),
      isGitAtWork: () => false,
    });
    // What a hook prints can reach the model: its answer, and nothing else.
    return { json: undefined, text };
  },
};
