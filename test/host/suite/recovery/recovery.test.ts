import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { placeCutOffSession } from '../../../support/cutOffSession.ts';
import { commandLine, eventually } from '../../commandLine.ts';

interface Interruption {
  readonly id: string;
  readonly reason: string;
  readonly folder: string;
  readonly checkpoint: string;
  readonly resetsAt: string;
}
interface State {
  readonly toldAt: number | null;
  readonly goOnAt: number | null;
  readonly goOnToldAt: number | null;
  readonly dismissedAt: number | null;
}

describe('sessions that are cut off', () => {
  const root = (): string => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const command = (name: string): Thenable<unknown> => vscode.commands.executeCommand(`softLanding.${name}`, root());
  const fixtures = (): string => {
    const extension = vscode.extensions.getExtension('soft-landing.soft-landing');
    assert.ok(extension);
    return join(extension.extensionPath, 'test', 'fixtures', 'interruptions');
  };
  const place = (name: string, endedAt: number) => placeCutOffSession(name, homedir(), root(), endedAt, fixtures());
  const listed = async (): Promise<readonly Interruption[]> =>
    (await commandLine<{ interruptions: Interruption[] }>('recover', '--list', '--repo', root())).interruptions;
  const stateOf = ({ folder }: Interruption): State =>
    JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as State;
  const recordedFolders = (): readonly string[] => {
    try {
      return readdirSync(join(homedir(), '.local', 'state', 'soft-landing', 'interruptions'));
    } catch {
      return [];
    }
  };
  const realNow = Date.now;
  let cut: Interruption;

  before(() => {
    mkdirSync(join(homedir(), '.claude', 'sessions'), { recursive: true });
    mkdirSync(join(homedir(), '.claude', 'projects', root().replaceAll(/[^A-Za-z0-9]/g, '-')), { recursive: true });
  });
  afterEach(() => {
    Date.now = realNow;
  });

  it('are noticed, saved and told of once', async () => {
    await vscode.extensions.getExtension('soft-landing.soft-landing')?.activate();
    // The first look at everything has to be over: it makes the watches.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    writeFileSync(join(root(), 'src', 'app.ts'), 'export const answer = 42;\n');
    const began = realNow();
    place('claude: -cut-by-429-5h-oauth-print', began);
    await eventually(
      'the interruption',
      () =>
        Promise.resolve(recordedFolders().some((name) => /^\d{8}T/.test(name) && !name.endsWith('.lock')) || undefined),
      // Where the first look was not over, the second one comes after half a minute.
      60,
    );
    console.log(`      noticed and recorded after ${realNow() - began} ms`);

    const [only, ...others] = await listed();
    assert.ok(only);
    assert.deepEqual(others, []);
    cut = only;
    assert.equal(cut.reason, 'usage-limit');
    const { checkpoints } = await commandLine<{ checkpoints: { id: string; kind: string }[] }>(
      'checkpoint',
      'list',
      '--repo',
      root(),
    );
    assert.deepEqual(
      checkpoints.filter(({ kind }) => kind === 'interrupted').map(({ id }) => id),
      [cut.checkpoint],
    );
    await eventually('that it was told', () =>
      Promise.resolve(existsSync(join(cut.folder, 'state.json')) ? (stateOf(cut).toldAt ?? undefined) : undefined),
    );
  });

  it('are handed over by the clipboard', async () => {
    await command('handOver');
    const prompt = await vscode.env.clipboard.readText();
    assert.match(prompt, /^Go on with a task that another session was cut off from/);
    assert.match(prompt, /Fix the add function in app\.js/);
  });

  it('have a report that opens', async () => {
    await command('openReport');
    const tab = await eventually('the report', () =>
      Promise.resolve(
        vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => label.includes('REPORT.md')),
      ),
    );
    await vscode.window.tabGroups.close(tab);
  });

  it('go on when the limit has reset: the command that was chosen to run by itself runs in a terminal', async () => {
    await vscode.workspace
      .getConfiguration('softLanding')
      .update('recovery', { runCommand: true }, vscode.ConfigurationTarget.Global);
    await command('goOnAfterReset');
    const goOnAt = stateOf(cut).goOnAt;
    assert.equal(goOnAt, Date.parse(cut.resetsAt) + 60_000);
    assert.equal(stateOf(cut).goOnToldAt, null);
    assert.deepEqual(
      vscode.window.terminals.map(({ name }) => name),
      [],
    );

    // The clock of this extension host, which the extension shares.
    const ahead = Date.parse(cut.resetsAt) + 70_000 - realNow();
    Date.now = () => realNow() + ahead;
    const terminal = await eventually(
      'the terminal',
      () => Promise.resolve(vscode.window.terminals.find(({ name }) => name === 'Go On')),
      75,
    );
    assert.ok(stateOf(cut).goOnToldAt);
    terminal.dispose();
    await vscode.workspace
      .getConfiguration('softLanding')
      .update('recovery', undefined, vscode.ConfigurationTarget.Global);
  });

  it('are dismissed, and not found again', async () => {
    await command('dismissInterruption');
    assert.ok(stateOf(cut).dismissedAt);
    assert.equal((await commandLine<{ interruption: unknown }>('status', '--repo', root())).interruption, null);
  });
});
