import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Only ours: the editor's own git extension runs git in this process too. Every call of ours carries this setting. */
const ours = 'core.splitIndex=false';

/** Puts a git in front of the real one that notes each call of ours. For systems with a shell. */
export class GitCalls {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sl-git-calls-'));
  readonly #path = process.env['PATH'];
  readonly #log = join(this.#folder, 'calls');

  constructor() {
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const git = join(this.#folder, 'git');
    const note = `case "$*" in *${ours}*) echo "$*" >> '${this.#log}';; esac`;
    writeFileSync(git, `#!/bin/sh\n${note}\nexec '${real}' "$@"\n`);
    chmodSync(git, 0o755);
    process.env['PATH'] = `${this.#folder}${delimiter}${this.#path ?? ''}`;
  }

  /** How often we looked at the working tree: every checkpoint, and every attempt at one, begins so. */
  looks(): number {
    if (!existsSync(this.#log)) return 0;
    const lines = readFileSync(this.#log, 'utf8').trim().split('\n');
    return lines.filter((line) => line.replace(/-c \S+ /g, '').startsWith('status ')).length;
  }

  forget(): void {
    rmSync(this.#log, { force: true });
  }

  remove(): void {
    process.env['PATH'] = this.#path;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
