// Who may import whom. ESLint turns this table into errors; test/node/layers.test.ts proves that each rule bites.

/** layer -> the other layers of src/ it may import */
export const layers = {
  protocol: ['store'],
  store: ['protocol'],
  agents: ['protocol'],
  usage: ['agents', 'store', 'protocol'],
  checkpoints: ['store', 'protocol'],
  budget: ['usage', 'store', 'protocol'],
  // usage and budgets together: the worker, and what it and the CLI publish
  meter: ['budget', 'usage', 'agents', 'store', 'protocol'],
  plan: ['usage', 'store', 'protocol'],
  // the launcher lets git look before the hook is up, with the commands that the hook would have used
  install: ['agents', 'checkpoints', 'store', 'protocol'],
  landing: ['budget', 'agents', 'store', 'protocol'],
  recovery: ['agents', 'usage', 'checkpoints', 'plan', 'store', 'protocol'],
  hook: ['agents', 'usage', 'checkpoints', 'plan', 'budget', 'landing', 'recovery', 'install', 'store', 'protocol'],
  doctor: ['agents', 'usage', 'checkpoints', 'install', 'store', 'protocol'],
  // the CLI answers a hook too (`soft-landing hook`), with the same code
  cli: [
    'doctor',
    'hook',
    'agents',
    'meter',
    'usage',
    'checkpoints',
    'plan',
    'budget',
    'landing',
    'recovery',
    'install',
    'store',
    'protocol',
  ],
  // answers agents' questions with what the CLI says
  mcp: ['cli', 'usage', 'store', 'protocol'],
  vscode: ['agents', 'usage', 'checkpoints', 'plan', 'budget', 'landing', 'recovery', 'install', 'store', 'protocol'],
  webview: ['protocol'],
};

/** bare module -> the layers that may import it (src/extension.ts counts as vscode) */
export const modules = {
  vscode: ['vscode'],
  preact: ['webview'],
  'simple-git': ['checkpoints'],
  '@modelcontextprotocol/sdk': ['mcp'],
  'js-tiktoken': ['usage'],
};
