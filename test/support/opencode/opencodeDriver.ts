import type { AgentDriver } from '../agentWorkplace.ts';
import { installOpencode } from '../installAgents.ts';
import { chatApi } from './chatApi.ts';

/** opencode, by `opencode run`. */
export const opencodeDriver: AgentDriver = {
  agent: 'opencode',
  protocol: chatApi,
  install: installOpencode,
  configure: () => undefined,
  command: ({ program, api }, prompt) => ({
    program,
    args: ['run', '--auto', '--format', 'json', prompt],
    env: {
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        autoupdate: false,
        share: 'disabled',
        model: 'loopback/m',
        small_model: 'loopback/m',
        enabled_providers: ['loopback'],
        provider: {
          loopback: {
            npm: '@ai-sdk/openai-compatible',
            name: 'loopback',
            options: { baseURL: `${api.url}/v1`, apiKey: 'dummy' },
            models: { m: { name: 'm', limit: { context: 200000, output: 8000 } } },
          },
        },
      }),
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      npm_config_registry: `${api.url}/npm/`,
    },
  }),
};
