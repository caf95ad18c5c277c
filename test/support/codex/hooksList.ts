import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import type { AgentPlace } from '../agentWorkplace.ts';
import { agentEnvironment } from '../runAgent.ts';

const hookSchema = v.object({
  key: v.string(),
  eventName: v.string(),
  command: v.string(),
  currentHash: v.string(),
  trustStatus: v.string(),
});
export type ListedHook = v.InferOutput<typeof hookSchema>;

const listedSchema = v.object({
  id: v.literal(2),
  result: v.object({ data: v.array(v.object({ hooks: v.array(hookSchema) })) }),
});

/** What Codex itself says of the hooks it finds, as its terminal shows it: asked of its app server. */
export async function listedHooks(place: AgentPlace): Promise<readonly ListedHook[]> {
  const child = spawn(place.program, ['app-server'], {
    cwd: place.repository.dir,
    env: { ...agentEnvironment(place.home, place.api.url), LOOPBACK_KEY: 'dummy' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const send = (message: object): boolean => child.stdin.write(`${JSON.stringify(message)}\n`);
  try {
    send({ id: 1, method: 'initialize', params: { clientInfo: { name: 'a test', version: '1' } } });
    for await (const line of createInterface(child.stdout)) {
      const message: unknown = JSON.parse(line);
      if (v.is(v.object({ id: v.literal(1) }), message)) {
        send({ method: 'initialized' });
        send({ id: 2, method: 'hooks/list', params: { cwds: [place.repository.dir] } });
      }
      const listed = v.safeParse(listedSchema, message);
      if (listed.success) return listed.output.result.data.flatMap(({ hooks }) => hooks);
    }
    throw new Error('Codex ended without listing its hooks');
  } finally {
    child.kill('SIGKILL');
  }
}

/** What "Trust all" in Codex's terminal does: it writes down the hash of each. */
export async function trustAllHooks(place: AgentPlace): Promise<void> {
  const hooks = await listedHooks(place);
  const tables = hooks.map(
    ({ key, currentHash }) => `\n[hooks.state.${JSON.stringify(key)}]\ntrusted_hash = "${currentHash}"\n`,
  );
  appendFileSync(join(place.home, '.codex', 'config.toml'), `\n[hooks.state]\n${tables.join('')}`);
}
