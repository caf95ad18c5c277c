import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { demoFiles } from './demo/demoFiles.ts';
import { demoScript, type DemoStep } from './demo/demoScript.ts';
import { DemoTranscript, type DemoToolUse } from './demo/demoTranscript.ts';

const run = promisify(execFile);

export interface DemoFlight {
  /** a repository that makeDemoRepository() made */
  readonly repo: string;
  /** stands for the user's home: the scripted agent's transcript goes to its .claude folder */
  readonly home: string;
  readonly stateFolder: string;
  /** the built hook program and command line program */
  readonly hook: string;
  readonly cli: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly stepMilliseconds?: number;
}

/** Makes the demo repository, with one commit, in a folder that is not there yet or empty. */
export async function makeDemoRepository(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [path, content] of Object.entries(demoFiles)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  // The person's own git settings (signing, hooks, templates) must neither stop this nor be needed for it.
  const env = { ...withoutAgents(), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull };
  const git = (...args: string[]) => run('git', args, { cwd: dir, env });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  const person = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.invalid'];
  await git(...person, 'commit', '--quiet', '--message=Harbour board');
}

/**
 * Plays a scripted agent's session: real transcript lines, the real hook before each real edit, and the real reset of the last one. Returns
 * when it has ended, or at once when `signal` is aborted.
 */
export async function playDemoFlight(flight: DemoFlight): Promise<void> {
  try {
    await new Player({ ...flight, repo: await realpath(flight.repo) }).play();
  } catch (error) {
    if (!flight.signal.aborted) throw error;
  }
}

const listSchema = v.object({ checkpoints: v.array(v.object({ id: v.string(), label: v.string() })) });

class Player {
  readonly #flight: DemoFlight;
  readonly #transcript: DemoTranscript;
  readonly #env: NodeJS.ProcessEnv;

  constructor(flight: DemoFlight) {
    this.#flight = flight;
    this.#transcript = new DemoTranscript(flight.home, flight.repo);
    this.#env = {
      ...withoutAgents(),
      HOME: flight.home,
      USERPROFILE: flight.home,
      SOFT_LANDING_HOME: flight.stateFolder,
      CLAUDE_PROJECT_DIR: flight.repo,
    };
  }

  async play(): Promise<void> {
    const { log } = this.#flight;
    log('Demo flight: the agent in it is scripted. No model is called and nothing leaves this machine.');
    log('Gauge, checkpoints and reset are real: watch the status bar and the Soft Landing panel.');
    await this.#pause();
    await this.#hook('SessionStart', { source: 'startup' });
    let beforeLastEdit = '';
    for (const step of demoScript) {
      await this.#pause();
      if (step.kind === 'edit') beforeLastEdit = await this.#edit(step);
      else await this.#play(step);
    }
    await this.#pause();
    await this.#pause();
    log('Half of the boats are gone: taking that edit back (soft-landing checkpoint restore).');
    await this.#cli('checkpoint', 'restore', beforeLastEdit);
    log(
      'Done: src/board.js shows all boats again. Undo in the panel brings the edit forward, Reset goes to any other checkpoint.',
    );
  }

  async #play(step: Exclude<DemoStep, { kind: 'edit' }>): Promise<void> {
    const { log, repo } = this.#flight;
    switch (step.kind) {
      case 'prompt':
        log(`Prompt: ${step.text.split('\n')[0] ?? ''}`);
        await this.#hook('UserPromptSubmit', { permission_mode: 'acceptEdits', prompt: step.text });
        this.#transcript.prompt(step.text);
        return;
      case 'read':
        log(`Agent reads ${step.path}`);
        await this.#tool(step, 'Read', { file_path: join(repo, step.path) }, () =>
          readFile(join(repo, step.path), 'utf8'),
        );
        return;
      case 'write':
        log(`Agent writes ${step.path}`);
        await this.#tool(step, 'Write', { file_path: join(repo, step.path), content: step.content }, async () => {
          await writeFile(join(repo, step.path), step.content);
          return 'File created.';
        });
        return;
      case 'run': {
        const command = `node ${step.path} > ${step.into}`;
        log(`Agent runs ${command}`);
        await this.#tool(step, 'Bash', { command, description: step.text }, async () => {
          const { stdout } = await run(process.execPath, [step.path], {
            cwd: repo,
            env: this.#env,
            signal: this.#flight.signal,
          });
          await writeFile(join(repo, step.into), stdout);
          return '';
        });
        return;
      }
      case 'end':
        log(`Agent: ${step.text}`);
        this.#transcript.response(step.text, null, step.tokens);
        await this.#hook('Stop', { stop_hook_active: false, last_assistant_message: step.text, background_tasks: [] });
    }
  }

  /** Returns the checkpoint that holds the state from before this edit. */
  async #edit(step: Extract<DemoStep, { kind: 'edit' }>): Promise<string> {
    const { log, repo } = this.#flight;
    const path = join(repo, step.path);
    let checkpoint = '';
    log(`Agent edits ${step.path}`);
    const input = { file_path: path, old_string: step.before, new_string: step.after };
    await this.#tool(step, 'Edit', input, async () => {
      checkpoint = await this.#newestCheckpoint();
      const content = await readFile(path, 'utf8');
      // A function, because `$` in a replacement string has a meaning.
      await writeFile(
        path,
        content.replace(step.before, () => step.after),
      );
      return 'The file has been updated.';
    });
    return checkpoint;
  }

  async #tool(
    step: Exclude<DemoStep, { kind: 'prompt' | 'end' }>,
    name: string,
    input: Readonly<Record<string, string>>,
    act: () => Promise<string>,
  ): Promise<void> {
    const tool: DemoToolUse = { id: `toolu_01${randomBytes(11).toString('hex')}`, name, input };
    const call = { tool_name: name, tool_input: input, tool_use_id: tool.id };
    this.#transcript.response(step.text, tool, step.tokens);
    // Our hooks are installed for tools that change something.
    if (name !== 'Read') await this.#hook('PreToolUse', { permission_mode: 'acceptEdits', ...call });
    this.#transcript.toolResult(tool, await act());
  }

  async #newestCheckpoint(): Promise<string> {
    const list = v.parse(listSchema, JSON.parse(await this.#cli('checkpoint', 'list')));
    const [newest] = list.checkpoints;
    if (!newest) throw new Error('The hook made no checkpoint before the demo agent edited a file.');
    return newest.id;
  }

  /** Calls the hook program as Claude Code does, and waits for it as Claude Code does. */
  async #hook(event: string, input: Readonly<Record<string, unknown>>): Promise<void> {
    const { hook, repo } = this.#flight;
    const common = { session_id: this.#transcript.sessionId, transcript_path: this.#transcript.path, cwd: repo };
    await this.#program([hook, 'claude'], JSON.stringify({ ...common, hook_event_name: event, ...input }));
  }

  async #cli(...args: string[]): Promise<string> {
    const { cli, repo, home } = this.#flight;
    return this.#program([cli, ...args, '--json', '--repo', repo, '--home', home], '');
  }

  async #program(args: readonly string[], input: string): Promise<string> {
    const { repo, signal } = this.#flight;
    const child = spawn(process.execPath, args, { cwd: repo, env: this.#env, signal, stdio: 'pipe' });
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    // A program that ends without reading its input breaks the pipe; its exit code says what matters.
    child.stdin.on('error', () => undefined).end(input);
    const [exitCode, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    if (exitCode !== 0)
      throw new Error(`${args.slice(0, 4).join(' ')} failed (${String(exitCode)}): ${stderr || stdout}`);
    return stdout;
  }

  async #pause(): Promise<void> {
    await wait(this.#flight.stepMilliseconds ?? 3000, undefined, { signal: this.#flight.signal });
  }
}

/** This process's environment without what would send git, the hook or an agent's files to the person's own places. */
function withoutAgents(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:GIT_|CLAUDE|ANTHROPIC_|XDG_)/.test(name)),
  );
}
