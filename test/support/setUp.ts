import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { installChromium } from '../../scripts/host/installChromium.ts';
import { installHost } from '../../scripts/host/installHost.ts';
import { runNpm } from '../../scripts/host/runProgram.ts';
import { installClaude, installCodex, installGemini, installOpencode } from './installAgents.ts';

const root = resolve(import.meta.dirname, '..', '..');

export type StepName = 'build' | 'package' | 'host' | 'chromium' | 'claude' | 'codex' | 'gemini' | 'opencode';

/** How a step ended: what it gives to the suites that need it, or why it could not be done. */
export interface StepResult {
  readonly name: StepName;
  readonly seconds: number;
  readonly env: Readonly<Record<string, string>>;
  readonly error: string | null;
}

/** A step says what it is doing where that takes long, and returns the variables it sets for suites. */
type Step = (log: (line: string) => void) => Promise<Record<string, string>>;

const steps: Readonly<Record<StepName, Step>> = {
  build: async () => {
    await runNpm(['run', 'build'], { cwd: root });
    return {};
  },
  package: async () => {
    await runNpm(['run', 'package'], { cwd: root });
    // A copy: `npm start`, which a test runs, packages again.
    const copy = join(root, 'artifacts', 'soft-landing.vsix');
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(root, 'dist', 'soft-landing.vsix'), copy);
    return { SOFT_LANDING_VSIX: copy };
  },
  host: async (log) => {
    await installHost(log);
    return {};
  },
  chromium: async (log) => ({ CHROMIUM: await installChromium(log) }),
  claude: async () => ({ SOFT_LANDING_CLAUDE: await installClaude() }),
  codex: async () => ({ SOFT_LANDING_CODEX: await installCodex() }),
  gemini: async () => ({ SOFT_LANDING_GEMINI: await installGemini() }),
  opencode: async () => ({ SOFT_LANDING_OPENCODE: await installOpencode() }),
};

/** The set-up of a test run. Each step runs once, when it is first started; its failure is a value, for the suites that need it. */
export class SetUp {
  readonly #started = new Map<StepName, Promise<StepResult>>();
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  start(name: StepName): Promise<StepResult> {
    const running = this.#started.get(name) ?? this.#run(name);
    this.#started.set(name, running);
    return running;
  }

  /** The results of every step that was started. */
  results(): Promise<StepResult[]> {
    return Promise.all(this.#started.values());
  }

  async #run(name: StepName): Promise<StepResult> {
    const started = Date.now();
    const seconds = (): number => (Date.now() - started) / 1000;
    try {
      const env = await steps[name]((line) => this.#log(`${name}: ${line}`));
      this.#log(`${name}: ready (${seconds().toFixed(1)} s)`);
      return { name, seconds: seconds(), env, error: null };
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      this.#log(`${name}: FAILED. ${words}`);
      return { name, seconds: seconds(), env: {}, error: words };
    }
  }
}
