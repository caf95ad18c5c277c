import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDriver } from '../agentWorkplace.ts';
import { installCodex } from '../installAgents.ts';
import { responsesApi } from './responsesApi.ts';

/** Codex, by `codex exec`. */
export const codexDriver: AgentDriver = {
  agent: 'codex',
  protocol: responsesApi,
  install: installCodex,
  configure({ home, api, repository }) {
    mkdirSync(join(home, '.codex'), { recursive: true });
    writeFileSync(
      join(home, '.codex', 'config.toml'),
      `model = "gpt-5.5"
model_provider = "loopback"
check_for_update_on_startup = false
[analytics]
enabled = false
[features]
daemon_auto_start = false
plugins = false
apps = false
[model_providers.loopback]
name = "loopback"
base_url = ${JSON.stringify(`${api.url}/v1`)}
wire_api = "responses"
env_key = "LOOPBACK_KEY"
request_max_retries = 1
stream_max_retries = 1
[projects.${JSON.stringify(repository.dir)}]
trust_level = "trusted"
`,
    );
  },
  command: ({ program, repository }, prompt) => ({
    program,
    args: ['exec', '--json', '--sandbox', 'danger-full-access', '--cd', repository.dir, prompt],
    env: { LOOPBACK_KEY: 'dummy' },
  }),
};
