import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { GitCalls } from './gitCalls.ts';
import { bursts, disk, git, holding, list, quiet, restore, root, saved, script, uriOf, wait } from './window.ts';

const name = (at: number): string => `src/f${String(at).padStart(2, '0')}.txt`;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** Other extensions' edits reach the files in the same way: through this API, from this process. */
async function editAsExtension(edit: vscode.WorkspaceEdit): Promise<void> {
  assert.equal(await vscode.workspace.applyEdit(edit), true);
}

describe('ambient checkpoints', function () {
  this.timeout(120_000);

  it('the state that is found when the folder is opened', async () => {
    const first = await saved();
    assert.deepEqual([first.kind, first.label], ['ambient', 'Ambient checkpoint']);
  });

  it('an extension rewrites and saves many files: the state before, though nothing had saved it yet', async () => {
    await quiet();
    // Not quiet for five seconds: no checkpoint holds it when the edit comes.
    writeFileSync(join(root(), 'README.md'), Buffer.from([0xff, 0x00, 0x0d, 0x0a, 0x31]));
    const before = disk();
    const edit = new vscode.WorkspaceEdit();
    for (const at of numbers(12)) edit.replace(uriOf(name(at)), new vscode.Range(0, 0, 1000, 0), `rewritten ${at}\n`);
    await editAsExtension(edit);
    for (const at of numbers(12)) {
      const document = await vscode.workspace.openTextDocument(uriOf(name(at)));
      // The editor's own automatic save may be quicker than this one, and its news later than the answer.
      await document.save();
      await wait('the save', () => Promise.resolve(document.isDirty ? undefined : true));
    }
    assert.equal(readFileSync(join(root(), name(11)), 'utf8'), 'rewritten 11\n');

    const found = await holding(before);
    assert.equal(found?.kind, 'ambient');
    const marked = await wait('the burst to be marked', async () => (await bursts()).find(({ id }) => id === found.id));
    assert.match(marked.tool ?? '', /^12 files, \d+ lines changed within seconds \(a guess\)$/);
    await restore(found);
    assert.deepEqual(disk(), before);
  });

  it('a script on disk rewrites 20 files, makes and deletes some', async () => {
    const newest = await quiet();
    const before = disk();
    await script(`for (let i = 0; i < 20; i++) write('src/f' + String(i).padStart(2, '0') + '.txt', 'by a script ' + i);
      write('new/file.txt', 'new'); remove('README.md');`);
    const marked = await wait('the burst to be marked', async () =>
      (await bursts()).find(({ id }) => id === newest.id),
    );
    assert.match(marked.tool ?? '', /\(a guess\)$/);
    await restore(marked);
    assert.deepEqual(disk(), before);
  });

  it('git switch, pull and restore are no bursts', async () => {
    await quiet();
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message=all');
    git('switch', '--quiet', '--create', 'other');
    for (const at of numbers(10)) appendFileSync(join(root(), name(at)), 'of the branch\n');
    git('commit', '--quiet', '--all', '--message=many');
    await quiet();
    const marked = await bursts();
    git('switch', '--quiet', 'main');
    await quiet();
    git('pull', '--quiet', '--no-rebase', '.', 'other');
    await quiet();
    assert.deepEqual(await bursts(), marked);

    for (const at of numbers(10)) appendFileSync(join(root(), name(at)), 'by a script\n');
    await wait('the burst', async () => (await bursts()).length === marked.length + 1 || undefined);
    await quiet();
    git('restore', '.');
    await quiet();
    assert.equal((await bursts()).length, marked.length + 1);
  });

  it('a person types and saves, again and again: saved, and no burst', async () => {
    await quiet();
    const marked = await bursts();
    const earlier = new Set((await list()).map(({ id }) => id));
    const document = await vscode.workspace.openTextDocument(uriOf(name(3)));
    for (const word of ['one', 'two', 'three']) {
      for (const letter of word) {
        const edit = new vscode.WorkspaceEdit();
        edit.insert(document.uri, new vscode.Position(0, 0), letter);
        await editAsExtension(edit);
      }
      assert.equal(await document.save(), true);
    }
    assert.match(document.getText(), /^eerhtowteno/);
    await saved();
    const made = (await list()).filter(({ id }) => !earlier.has(id));
    assert.ok(made.length > 0);
    // One, unless the person, or this machine, paused in between.
    assert.deepEqual([...new Set(made.map(({ label }) => label))], ['Ambient checkpoint']);
    assert.deepEqual(await bursts(), marked);
  });

  it('the editor deletes and renames: the state before, though nothing had saved it yet', async () => {
    await quiet();
    writeFileSync(join(root(), 'precious.txt'), 'not in any checkpoint yet');
    const before = disk();
    const edit = new vscode.WorkspaceEdit();
    edit.deleteFile(uriOf('precious.txt'));
    edit.renameFile(uriOf(name(5)), uriOf('src/renamed.txt'));
    await editAsExtension(edit);
    assert.equal(disk()['precious.txt'], undefined);
    // At once: it was made before the file went.
    const found = await holding(before);
    assert.equal(found?.kind, 'ambient');
    await restore(found);
    assert.deepEqual(disk(), before);
  });

  // The git that notes its calls is a shell script.
  if (process.platform !== 'win32') {
    it('idle, git is not asked; a thousand files are one look; what git ignores is no burst', async () => {
      await quiet();
      const calls = new GitCalls();
      try {
        // What the editor is told late of is looked at late.
        await wait('the last look to be over', async () => {
          calls.forget();
          await sleep(6000);
          return calls.looks() === 0 || undefined;
        });
        await sleep(7000);
        assert.equal(calls.looks(), 0);
        await script(`for (let i = 0; i < 1000; i++) write('many/' + i, 'text ' + i)`);
        await saved();
        assert.equal(calls.looks(), 1);

        await quiet();
        const ids = (await list()).map(({ id, label }) => id + label);
        calls.forget();
        await script(`for (let i = 0; i < 300; i++) write('dist/' + i, 'built ' + i)`);
        await wait('the look', () => Promise.resolve(calls.looks() || undefined));
        await sleep(500);
        assert.deepEqual(
          (await list()).map(({ id, label }) => id + label),
          ids,
        );
      } finally {
        calls.remove();
      }
    });

    it('turned off, nothing runs, at once; turned on, it goes on', async () => {
      await quiet();
      const settings = vscode.workspace.getConfiguration('softLanding.checkpoints');
      const ambient = settings.get<object>('ambient');
      const turn = (enabled: boolean) =>
        settings.update('ambient', { ...ambient, enabled }, vscode.ConfigurationTarget.Global);
      await turn(false);
      const calls = new GitCalls();
      try {
        await script(`for (let i = 0; i < 20; i++) write('off/' + i, 'text ' + i)`);
        const edit = new vscode.WorkspaceEdit();
        edit.deleteFile(uriOf('off/1'));
        await editAsExtension(edit);
        await sleep(6000);
        assert.equal(calls.looks(), 0);
      } finally {
        calls.remove();
      }
      await turn(true);
      assert.equal((await saved()).kind, 'ambient');
    });
  }
});
