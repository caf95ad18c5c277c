import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';

/**
 * The clock of an extension host, which a test moves without waiting and without touching the machine's: all extensions of a host
 * share one `Date`, and a small extension that starts before them replaces it. What is moved counts from the next reload of the window.
 */
export class MovedClock {
  readonly #folder: string;
  readonly #offsetFile: string;
  #offsetMs = 0;

  /** @param folder for its files; made if missing */
  constructor(folder: string) {
    this.#folder = folder;
    this.#offsetFile = join(folder, 'offset');
    mkdirSync(folder, { recursive: true });
    this.move(0);
  }

  /** The extension, to be installed in the host. */
  async pack(): Promise<string> {
    const cwd = join(this.#folder, 'extension');
    mkdirSync(cwd, { recursive: true });
    const manifest = {
      name: 'moved-clock',
      publisher: 'soft-landing-test',
      version: '1.0.0',
      engines: { vscode: '^1.90.0' },
      activationEvents: ['*'],
      main: './extension.js',
      files: ['extension.js'],
    };
    writeFileSync(join(cwd, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(cwd, 'README.md'), 'Moves the clock of this extension host.\n');
    writeFileSync(join(cwd, 'extension.js'), extensionCode(this.#offsetFile));
    const packagePath = join(this.#folder, 'moved-clock.vsix');
    await createVSIX({
      cwd,
      packagePath,
      dependencies: false,
      allowStarActivation: true,
      allowMissingRepository: true,
      skipLicense: true,
    });
    return packagePath;
  }

  move(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    writeFileSync(this.#offsetFile, String(offsetMs));
  }

  /** What the extension host takes for the present, after a reload. */
  now(): number {
    return Date.now() + this.#offsetMs;
  }
}

function extensionCode(offsetFile: string): string {
  return `
const offset = Number(require('node:fs').readFileSync(${JSON.stringify(offsetFile)}, 'utf8'));
const RealDate = Date;
exports.activate = () => {
  if (offset === 0) return;
  globalThis.Date = class Date extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(RealDate.now() + offset);
      else super(...args);
    }
    static now() {
      return RealDate.now() + offset;
    }
  };
};
`;
}
