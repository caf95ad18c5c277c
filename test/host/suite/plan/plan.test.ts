import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { stateFolder } from '../../../../src/store/stateFolder.ts';
import { readTreeVerdict } from '../../../../src/store/verdictFile.ts';
import { commandLine, eventually } from '../../commandLine.ts';

interface PlanReport {
  readonly plan: { readonly chunks: readonly { readonly status: string; readonly checkpoint: string | null }[] };
}
interface Listed {
  readonly id: string;
  readonly label: string;
  readonly verified: string | null;
}

describe('verify and plan in the editor', () => {
  const root = (): string => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const command = <Value>(name: string, ...args: unknown[]): Thenable<Value> =>
    vscode.commands.executeCommand<Value>(`softLanding.${name}`, ...args);
  const write = (text: string): void => writeFileSync(join(root(), 'app.txt'), text);
  const list = async (): Promise<readonly Listed[]> =>
    (await commandLine<{ checkpoints: Listed[] }>('checkpoint', 'list', '--repo', root())).checkpoints;
  const statuses = async (): Promise<string> =>
    (await commandLine<PlanReport>('plan', 'show', '--repo', root())).plan.chunks.map(({ status }) => status).join();

  /** What an agent's hook does, as the agent calls it. */
  async function hook(session: string, event: string, more: object = {}): Promise<void> {
    const folder = vscode.extensions.getExtension('soft-landing.soft-landing')?.extensionPath ?? '';
    const input = { session_id: session, transcript_path: '', cwd: root(), hook_event_name: event, ...more };
    await new Promise<void>((resolve, reject) => {
      const child = execFile(process.execPath, [join(folder, 'dist', 'hook.cjs'), 'claude'], (error) =>
        error ? reject(new Error(error.message)) : resolve(),
      );
      child.stdin?.end(JSON.stringify(input));
    });
  }
  /** A turn in which the agent leaves this in app.txt. */
  async function turn(session: string, prompt: string, text: string): Promise<void> {
    await hook(session, 'UserPromptSubmit', { prompt });
    write(text);
    await hook(session, 'Stop', { stop_hook_active: false });
  }
  async function startNext(): Promise<{ readonly number: number; readonly prompt: string }> {
    await vscode.env.clipboard.writeText('');
    const started = await command<{ number: number; to: string } | undefined>('startNextChunk', root());
    assert.ok(started);
    assert.equal(started.to, 'clipboard');
    return { number: started.number, prompt: await vscode.env.clipboard.readText() };
  }

  it('"Verify Now" runs the command of the setting and marks the checkpoint', async () => {
    const green = await command<{ id: string; verified: string; exitCode: number } | undefined>('verify', root());
    assert.deepEqual([green?.verified, green?.exitCode], ['green', 0]);
    write('bad\n');
    const red = await command<{ id: string; verified: string; exitCode: number } | undefined>('verify', root());
    assert.deepEqual([red?.verified, red?.exitCode], ['red', 1]);
    assert.deepEqual(
      (await list()).map(({ id, verified }) => [id, verified]),
      [
        [red?.id, 'red'],
        [green?.id, 'green'],
      ],
    );
    write('good\n');
    // The command line has the same command, from the same setting.
    assert.equal(
      (await commandLine<{ verified: string }>('checkpoint', 'verify', '--now', '--repo', root())).verified,
      'green',
    );
    assert.ok(vscode.window.terminals.some(({ name }) => name === 'Soft Landing: Verify'));
  });

  it('"Estimate Task…" says what the command line says, and knows that the last verify was green', async () => {
    const task = 'Fix the crash in app.txt';
    const told = await command<{ decision: string; tokens: object; comparableTasks: number } | undefined>(
      'estimateTask',
      root(),
      task,
    );
    const { decision, tokens, comparableTasks } = await commandLine<{
      decision: string;
      tokens: { low: number; likely: number; high: number };
      comparableTasks: number;
    }>('estimate', task, '--repo', root());
    assert.ok(told);
    assert.deepEqual([told.decision, told.comparableTasks], [decision, comparableTasks]);
    assert.ok(tokens.low < tokens.likely && tokens.likely < tokens.high);
    const near = Object.entries(tokens).map(([name, value]) => [name, Math.round(value)]);
    assert.deepEqual(
      Object.entries(told.tokens).map(([name, value]) => [name, Math.round(Number(value))]),
      near,
    );
    const state = stateFolder({ home: homedir(), env: process.env, platform: process.platform });
    assert.equal(readTreeVerdict(state, root()), 'green');
    assert.equal(await command('estimateTask', root(), ' '), undefined);
  });

  it('"Start Next Chunk" saves, marks and hands the prompt over; the end of that turn is verified and ticked', async () => {
    await commandLine('plan', 'new', 'Two steps', '--chunk', 'first', '--chunk', 'second', '--repo', root());
    const { number, prompt } = await startNext();
    assert.equal(number, 1);
    assert.match(
      prompt,
      /^Work on chunk 1 of 2: first \(plan "Two steps" in \.soft-landing\/plan\.md\)\. .*do not begin the next one\.$/,
    );
    assert.equal(await statuses(), 'begun,open');

    // Somebody else's turn ends nothing.
    await turn('another', 'Something else', 'good, by another\n');
    assert.equal(await statuses(), 'begun,open');
    await turn('the-one', prompt, 'good, first\n');
    await eventually('the tick', async () => ((await statuses()) === 'done,open' ? true : undefined));
    const ticked = (await commandLine<PlanReport>('plan', 'show', '--repo', root())).plan.chunks[0]?.checkpoint;
    const [newest] = await list();
    assert.deepEqual([newest?.id, newest?.verified], [ticked, 'green']);
  });

  it('a turn that leaves it broken makes its chunk red, and says why', async () => {
    const { number, prompt } = await startNext();
    assert.equal(number, 2);
    await turn('the-one', prompt, 'broken\n');
    await eventually('red', async () => ((await statuses()) === 'done,red' ? true : undefined));
    assert.equal((await list())[0]?.verified, 'red');
    assert.match(readFileSync(join(root(), '.soft-landing', 'plan.md'), 'utf8'), /- \[ \] second\n {2}- Status: red/);
    // Taken back from another program; the editor's next start begins the chunk anew.
    const back = await commandLine<{ reopened: number[] }>('checkpoint', 'restore', '--last-green', '--repo', root());
    assert.deepEqual(back.reopened, [2]);
    assert.equal(readFileSync(join(root(), 'app.txt'), 'utf8'), 'good, first\n');
    const again = await startNext();
    assert.doesNotMatch(again.prompt, /failed|begun before/);
  });

  it('a plan is where the user has set it, for the command line too', async () => {
    const settings = vscode.workspace.getConfiguration('softLanding');
    await settings.update('plan.file', 'docs/tasks.md', vscode.ConfigurationTarget.Global);
    try {
      mkdirSync(join(root(), 'docs'));
      writeFileSync(join(root(), 'docs', 'tasks.md'), '# Plan: Elsewhere\n\n- [ ] one\n');
      const { prompt } = await startNext();
      assert.match(prompt, /^Work on chunk 1 of 1: one \(plan "Elsewhere" in docs\/tasks\.md\)\. /);
      await eventually('the command line to find it', async () => ((await statuses()) === 'begun' ? true : undefined));
      await turn('elsewhere', prompt, 'good, elsewhere\n');
      await eventually('the tick', async () => ((await statuses()) === 'done' ? true : undefined));
    } finally {
      await settings.update('plan.file', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('settings are understood by the keys they had before', () => {
    const state = stateFolder({ home: homedir(), env: process.env, platform: process.platform });
    const preferences = readFileSync(join(state, 'preferences.json'), 'utf8');
    assert.equal((JSON.parse(preferences) as { handOverAtSessionStart: boolean }).handOverAtSessionStart, false);
  });

  it('never runs what only a plan names', async () => {
    const file = join(root(), '.soft-landing', 'plan.md');
    writeFileSync(file, '# Plan: Sneaky\n\n- [ ] one\n  - Verify: `touch ran`\n');
    const { prompt } = await startNext();
    await turn('sneaky', prompt, 'good, sneaky\n');
    // It asks, and nobody answers here.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    assert.equal(await statuses(), 'begun');
    assert.throws(() => readFileSync(join(root(), 'ran')));
  });
});
