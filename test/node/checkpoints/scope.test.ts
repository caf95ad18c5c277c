import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { checkpointRestore, checkpointUndo } from '../../../src/cli/checkpoint.ts';
import { checkpointDiff } from '../../../src/cli/checkpointManage.ts';
import type { Command, OptionValues } from '../../../src/cli/command.ts';
import { useLabs, value, type Lab } from './lab.ts';
import { nest, save, statesOf } from './sets.ts';

describe('a folder inside a bigger repository', () => {
  const make = useLabs();
  const app = 'packages/app';
  const files = {
    'top.txt': '1\n',
    [`${app}/a.txt`]: '1\n',
    'packages/app2/a.txt': '1\n',
    'packages/lib/b.txt': '1\n',
  };

  function scene(): { readonly lab: Lab; readonly folder: Lab } {
    const lab = make(files);
    return { lab, folder: lab.at(join(lab.dir, app)) };
  }

  function agentWorks(lab: Lab): void {
    for (const path of Object.keys(files)) lab.write(path, 'agent\n');
    lab.write(`${app}/new.txt`, 'agent\n');
    lab.write('packages/lib/new.txt', 'agent\n');
    // Staged state inside and outside.
    lab.git('add', `${app}/a.txt`, 'packages/lib');
  }

  /** The part of a state that lies in the folder, or the rest. */
  function part(lab: Lab, isInside: boolean) {
    const { files: all, index } = lab.state();
    const isMeant = (path: string): boolean => path.startsWith(`${app}/`) === isInside;
    return {
      files: Object.entries(all).filter(([path]) => isMeant(path)),
      index: index.filter((entry) => isMeant((entry.split('\t')[1] ?? '').trim())),
    };
  }

  it('saves the whole repository and restores only itself, staged state too; undo takes exactly that back', async () => {
    const { lab, folder } = scene();
    lab.write(`${app}/a.txt`, 'staged\n');
    lab.git('add', `${app}/a.txt`);
    lab.write('top.txt', 'human\n');
    const checkpoints = await folder.open();
    assert.equal(checkpoints.scope, app);
    const made = await save(checkpoints);
    assert.equal(made.tree, lab.treeOfAddAll());
    const before = lab.state();
    const inside = part(lab, true);
    agentWorks(lab);
    const after = lab.state();
    const outside = part(lab, false);
    const preview = value(await checkpoints.preview(made.id));
    assert.deepEqual([preview.written, preview.deleted], [1, 1]);
    const shown = value(await checkpoints.view.changes(made.id)).changes.map(({ path }) => path);
    assert.deepEqual(shown, [`${app}/a.txt`, `${app}/new.txt`]);
    value(await checkpoints.restore(made.id));
    assert.deepEqual([part(lab, true), part(lab, false)], [inside, outside]);
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), after);

    assert.equal(value(await checkpoints.preview(made.id, { whole: true })).written, 4);
    assert.equal(value(await checkpoints.view.changes(made.id, { whole: true })).changes.length, 6);
    value(await checkpoints.restore(made.id, { whole: true }));
    assert.deepEqual(lab.state(), before);
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), after);
  });

  it('one folder’s reset and undo leave another folder of the same repository alone', async () => {
    const { lab, folder } = scene();
    const app2 = await lab.at(join(lab.dir, 'packages', 'app2')).open();
    const made = await save(await folder.open());
    agentWorks(lab);
    value(await app2.restore(made.id));
    assert.equal(lab.read('packages/app2/a.txt'), '1\n');
    assert.equal(lab.read(`${app}/a.txt`), 'agent\n');
    lab.write(`${app}/a.txt`, 'human\n');
    value(await app2.undo());
    assert.equal(lab.read('packages/app2/a.txt'), 'agent\n');
    assert.equal(lab.read(`${app}/a.txt`), 'human\n');
  });

  it('restores the repositories inside it, and none beside it', async () => {
    const { lab, folder } = scene();
    const [inner, beside] = [nest(lab, `${app}/inner`, { x: '1\n' }), nest(lab, 'beside', { x: '1\n' })];
    const checkpoints = await folder.open();
    const made = await save(checkpoints);
    for (const repository of [inner, beside]) repository.write('x', 'agent\n');
    const after = statesOf([inner, beside]);
    const report = value(await checkpoints.restore(made.id));
    assert.deepEqual(
      report.members.map(({ path }) => path),
      [`${app}/inner`],
    );
    assert.deepEqual([inner.read('x'), beside.read('x')], ['1\n', 'agent\n']);
    value(await checkpoints.undo());
    assert.deepEqual(statesOf([inner, beside]), after);
  });

  it('has a folder around it that does not exist in the checkpoint', async () => {
    const { lab } = scene();
    const made = await save(await lab.open());
    mkdirSync(join(lab.dir, 'later'));
    lab.write('later/file.txt', 'agent\n');
    lab.write('top.txt', 'agent\n');
    value(await (await lab.at(join(lab.dir, 'later')).open()).restore(made.id));
    assert.equal(lab.exists('later/file.txt'), false);
    assert.equal(lab.read('top.txt'), 'agent\n');
  });

  it('on the command line: only this folder, --whole for all, and the text says which', async () => {
    const { lab, folder } = scene();
    const made = await save(await folder.open());
    agentWorks(lab);
    const run = async (command: Command, values: OptionValues, ...positionals: string[]) => {
      const context = {
        surroundings: { home: lab.outer, env: {}, platform: process.platform },
        stateFolder: join(lab.outer, 'state'),
        repoDir: folder.dir,
        programDir: lab.outer,
        now: Date.now,
        stdin: Readable.from([]),
      };
      const { json, text } = await command.run(context, values, positionals);
      return { json, text: stripVTControlCharacters(text) };
    };
    const hint = `(only ${app}/; --whole for the whole repository)`;
    const dry = await run(checkpointRestore, { 'dry-run': true }, made.id);
    assert.ok(dry.text.includes(hint) && dry.text.includes('write 1 file and delete 1'), dry.text);
    const diff = await run(checkpointDiff, {}, made.id);
    assert.ok(!diff.text.includes('top.txt') && diff.text.includes(`${app}/new.txt`), diff.text);
    assert.ok((await run(checkpointDiff, { whole: true }, made.id)).text.includes('top.txt'));
    const reset = await run(checkpointRestore, {}, made.id);
    assert.ok(reset.text.startsWith(`Reset to ${made.id} ${hint}: 1 file written, 1 deleted.`), reset.text);
    assert.equal(lab.read('top.txt'), 'agent\n');
    await run(checkpointUndo, {});
    const whole = await run(checkpointRestore, { whole: true }, made.id);
    assert.ok(!whole.text.includes('--whole'));
    assert.equal(lab.read('top.txt'), '1\n');
    const one = await run(checkpointRestore, { path: ['a.txt'], 'dry-run': true }, made.id);
    assert.ok(!one.text.includes('--whole'));
  });
});
