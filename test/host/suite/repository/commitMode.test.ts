import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { commandLine, eventually } from '../../commandLine.ts';

interface Created {
  readonly id: string;
  readonly commit: string | null;
}

describe('commit mode in the editor', () => {
  const root = (): string => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root(), encoding: 'utf8' }).trim();
  const create = () => vscode.commands.executeCommand<Created>('softLanding.createCheckpoint');

  /** Sets it as a person would, and waits until it has arrived where hook and command line look. */
  async function setMode(mode: 'hidden' | 'commit' | undefined): Promise<void> {
    const { Global } = vscode.ConfigurationTarget;
    await vscode.workspace.getConfiguration('softLanding').update('checkpoints.mode', mode, Global);
    await eventually(`mode ${mode ?? 'hidden'}`, async () => {
      const present = await commandLine<{ mode: string }>('checkpoint', 'mode', '--repo', root());
      return present.mode === (mode ?? 'hidden') || undefined;
    });
  }

  it('the setting reaches hook and command line, and taken back it is hidden again', async () => {
    await setMode('commit');
    writeFileSync(join(root(), 'new.txt'), 'to be committed\n');
    const made = await create();
    assert.equal(made.commit, git('rev-parse', 'HEAD'));
    assert.match(git('log', '-1', '--format=%B'), new RegExp(`\n\nSoft-Landing-Checkpoint: ${made.id}$`));
    assert.equal(git('status', '--porcelain'), '');
    await setMode(undefined);
    writeFileSync(join(root(), 'new.txt'), 'not to be committed\n');
    assert.equal((await create()).commit, null);
    assert.equal(git('rev-parse', 'HEAD'), made.commit);
  });

  it('what was chosen on the command line is not overruled by a setting that nobody has set', async () => {
    await commandLine('checkpoint', 'mode', 'commit', '--repo', root());
    await vscode.workspace
      .getConfiguration('softLanding')
      .update('reserve.percent', 21, vscode.ConfigurationTarget.Global);
    writeFileSync(join(root(), 'new.txt'), 'again\n');
    assert.equal((await create()).commit, git('rev-parse', 'HEAD'));
    await commandLine('checkpoint', 'mode', 'hidden', '--repo', root());
    await vscode.workspace
      .getConfiguration('softLanding')
      .update('reserve.percent', undefined, vscode.ConfigurationTarget.Global);
  });

  it('a squash is taken back by the button of its notification', async () => {
    await commandLine('checkpoint', 'mode', 'commit', '--repo', root());
    for (const text of ['first\n', 'second\n']) {
      writeFileSync(join(root(), 'new.txt'), text);
      assert.ok((await create()).commit);
    }
    const tip = git('rev-parse', 'HEAD');
    const { showInputBox, showWarningMessage, showInformationMessage } = vscode.window;
    const firstButton = (_message: string, ...rest: readonly unknown[]): Promise<unknown> =>
      Promise.resolve(rest.find((one) => typeof one === 'string'));
    Object.assign(vscode.window, {
      showInputBox: () => Promise.resolve(''),
      showWarningMessage: firstButton,
      showInformationMessage: firstButton,
    });
    try {
      const { commit } = await vscode.commands.executeCommand<{ commit: string }>(
        'softLanding.squashCheckpoints',
        root(),
      );
      assert.notEqual(commit, tip);
      await eventually('the old tip', () => Promise.resolve(git('rev-parse', 'HEAD') === tip || undefined));
      assert.equal(git('status', '--porcelain'), '');
    } finally {
      Object.assign(vscode.window, { showInputBox, showWarningMessage, showInformationMessage });
      await commandLine('checkpoint', 'mode', 'hidden', '--repo', root());
    }
  });
});
