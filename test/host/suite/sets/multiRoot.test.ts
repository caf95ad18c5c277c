import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { commandLine, eventually } from '../../commandLine.ts';

interface Listed {
  readonly id: string;
  readonly label: string;
}

describe('one checkpoint for all repositories of the window', () => {
  const folder = (name: string): string =>
    vscode.workspace.workspaceFolders?.find((one) => one.name === name)?.uri.fsPath ?? '';
  const read = (name: string, file = 'README.md'): string => readFileSync(join(folder(name), file), 'utf8');
  const write = (name: string, text: string): void => writeFileSync(join(folder(name), 'README.md'), text);
  const list = async (name: string): Promise<readonly string[]> => {
    const { checkpoints } = await commandLine<{ checkpoints: Listed[] }>(
      ...['checkpoint', 'list', '--repo', folder(name)],
    );
    return checkpoints.map(({ id }) => id);
  };
  const reset = (name: string, id: string): Thenable<unknown> =>
    vscode.commands.executeCommand('softLanding.resetToCheckpoint', folder(name), id);
  const undo = (name: string): Thenable<unknown> =>
    vscode.commands.executeCommand('softLanding.undoReset', folder(name));

  /** What the editor asked meanwhile; each question is answered with the button that begins with these words. */
  async function answering(words: string, work: () => Thenable<unknown>): Promise<readonly (readonly string[])[]> {
    const asked: (readonly string[])[] = [];
    const shown = vscode.window.showWarningMessage;
    const instead = (message: string, _options: unknown, ...buttons: string[]): Promise<string | undefined> => {
      asked.push([message, ...buttons]);
      return Promise.resolve(buttons.find((button) => button.startsWith(words)));
    };
    Object.assign(vscode.window, { showWarningMessage: instead });
    try {
      await work();
    } finally {
      Object.assign(vscode.window, { showWarningMessage: shown });
    }
    return asked;
  }

  let id = '';

  it('"Create Checkpoint" saves all of them under one id, folders of one repository once', async () => {
    write('one', 'human one\n');
    const made = await eventually('the repositories to be open', async () =>
      vscode.commands.executeCommand<Listed | undefined>('softLanding.createCheckpoint'),
    );
    ({ id } = made);
    assert.deepEqual([await list('one'), await list('two')], [[id], [id]]);
  });

  it('a reset asks how far it is to go, and does that', async () => {
    for (const name of ['one', 'two']) write(name, `agent ${name}\n`);
    const [question] = await answering('Reset 1 File', () => reset('one', id));
    assert.deepEqual(question?.slice(2), ['Reset All 2 Folders']);
    assert.deepEqual([read('one'), read('two')], ['human one\n', 'agent two\n']);
    await undo('one');
    assert.equal(read('one'), 'agent one\n');
    await answering('Reset All', () => reset('one', id));
    assert.deepEqual([read('one'), read('two')], ['human one\n', '# A small repository\n']);
  });

  it('undo takes it back in one folder or in all', async () => {
    const [question] = await answering('Undo in All', () => undo('two'));
    assert.deepEqual(question?.slice(1), ['Undo in All 2 Folders', 'Undo in two']);
    assert.deepEqual([read('one'), read('two')], ['agent one\n', 'agent two\n']);
  });

  it('a folder inside a repository resets itself, or, when asked to, the whole', async () => {
    write('one', 'agent again\n');
    writeFileSync(join(folder('source'), 'app.ts'), 'agent\n');
    const [question] = await answering('Reset 1 File', () => reset('source', id));
    assert.ok(question?.includes('Reset Whole Repository'), question?.join());
    assert.deepEqual([read('one'), read('source', 'app.ts')], ['agent again\n', 'export const answer = 41;\n']);
    await undo('source');
    assert.equal(read('source', 'app.ts'), 'agent\n');
    await answering('Reset Whole', () => reset('source', id));
    assert.deepEqual([read('one'), read('source', 'app.ts')], ['human one\n', 'export const answer = 41;\n']);
  });
});
