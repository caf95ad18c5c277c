import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { commandLine } from '../../commandLine.ts';

interface Created {
  readonly id: string;
  readonly kind: string;
  readonly unchanged: boolean;
  readonly changedFiles: number;
}

describe('checkpoints in the editor', () => {
  const root = (): string => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const list = async () =>
    (await commandLine<{ checkpoints: Created[] }>('checkpoint', 'list', '--repo', root())).checkpoints;

  it('"Create Checkpoint" saves the folder and leaves branch, index and log alone', async () => {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: root(), encoding: 'utf8' });
    const look = (): string[] => [
      git('ls-files', '-s'),
      git('log', '--all', '--format=%H'),
      git('stash', 'list'),
      git('reflog'),
    ];
    const before = look();
    writeFileSync(join(root(), 'new.txt'), 'untracked\n');
    const made = await vscode.commands.executeCommand<Created>('softLanding.createCheckpoint');
    assert.deepEqual([made.kind, made.unchanged, made.changedFiles], ['manual', false, 1]);
    assert.deepEqual(look(), before);
    assert.deepEqual(
      (await list()).map(({ id }) => id),
      [made.id],
    );
  });

  it('makes no second one of the same state', async () => {
    const again = await vscode.commands.executeCommand<Created>('softLanding.createCheckpoint');
    assert.equal(again.unchanged, true);
    assert.equal((await list()).length, 1);
  });

  it('any extension may call the commands with anything', async () => {
    for (const argument of [42, null, { root: 1 }, '/no/such/folder', ['x']]) {
      // An unknown folder is nobody's; everything else means "the only folder there is".
      const made = await vscode.commands.executeCommand<Created | undefined>('softLanding.createCheckpoint', argument);
      assert.equal(made?.unchanged, argument === '/no/such/folder' ? undefined : true);
    }
  });
});
