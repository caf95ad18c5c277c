import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import {
  checkpointDelete,
  checkpointDiff,
  checkpointPin,
  checkpointPrune,
  checkpointRename,
  checkpointShow,
  checkpointUnpin,
} from '../../../src/cli/checkpointManage.ts';
import { CommandError, UsageError, type Command } from '../../../src/cli/command.ts';
import { useLabs, value, type Lab } from '../checkpoints/lab.ts';

describe('the commands that manage checkpoints', () => {
  const make = useLabs();

  async function run(lab: Lab, command: Command, ...args: string[]): Promise<{ text: string; json: unknown }> {
    const flags = args.filter((arg) => arg.startsWith('--')).map((arg) => [arg.slice(2), true] as const);
    const positionals = args.filter((arg) => !arg.startsWith('--'));
    const context = {
      surroundings: { home: lab.outer, env: {}, platform: process.platform },
      stateFolder: join(lab.outer, 'state'),
      repoDir: lab.dir,
      programDir: lab.outer,
      now: Date.now,
      stdin: Readable.from([]),
    };
    const { json, text } = await command.run(context, Object.fromEntries(flags), positionals);
    return { json: JSON.parse(JSON.stringify(json)) as unknown, text: stripVTControlCharacters(text) };
  }

  async function scene(): Promise<{ lab: Lab; first: string; second: string }> {
    const lab = make({ 'a.txt': '1\n', 'folder/b.txt': '1\n' });
    lab.write('a.txt', '2\n');
    const first = (await lab.create('first')).id;
    lab.write('a.txt', '3\n');
    lab.write('folder/b.txt', '2\n');
    lab.write('new.bin', '\x00\x01');
    const second = (await lab.create('second')).id;
    return { lab, first, second };
  }

  const change = (path: string, status: string, added: number | null, deleted: number | null) => ({
    path,
    status,
    added,
    deleted,
    binary: added === null,
  });

  it('show: what it is, and how it differs from its commit', async () => {
    const { lab, first, second } = await scene();
    const listed = value(await (await lab.open()).list());
    const shown = await run(lab, checkpointShow, second);
    assert.deepEqual(shown.json, {
      ...listed[0],
      changes: [
        change('a.txt', 'modified', 1, 1),
        change('folder/b.txt', 'modified', 1, 1),
        change('new.bin', 'added', null, null),
      ],
      members: [],
    });
    assert.match(shown.text, new RegExp(`^Checkpoint ${second}\n {2}Label {3}second\n`));
    assert.match(shown.text, /^3 files different from HEAD of that time:$/m);
    assert.match(shown.text, /^ {2}modified {2}\+1 -1 {3}a\.txt$/m);
    assert.match(shown.text, /^ {2}added {5}binary {2}new\.bin$/m);
    assert.match((await run(lab, checkpointShow, first)).text, /^1 file different from HEAD of that time:$/m);
  });

  it('diff: a patch for people, names and numbers for programs', async () => {
    const { lab, first, second } = await scene();
    const all = await run(lab, checkpointDiff, first, '--json');
    assert.deepEqual(all.json, {
      id: first,
      changes: [
        change('a.txt', 'modified', 1, 1),
        change('folder/b.txt', 'modified', 1, 1),
        change('new.bin', 'added', null, null),
      ],
      notCompared: [],
    });
    const { text } = await run(lab, checkpointDiff, first);
    assert.match(text, /^diff --git a\/a\.txt b\/a\.txt\n/);
    assert.match(text, /^-2\n\+3\n/m);
    assert.match(text, /Binary files \/dev\/null and b\/new\.bin differ$/);
    assert.equal((await run(lab, checkpointDiff, second)).text, `Nothing has changed since checkpoint ${second}.`);

    const one = await run(lab, checkpointDiff, first, 'folder');
    assert.match(one.text, /^diff --git a\/folder\/b\.txt b\/folder\/b\.txt\n/);
    assert.doesNotMatch(one.text, /a\.txt b/);
    // Relative to where one is.
    mkdirSync(join(lab.dir, 'folder', 'deeper'));
    const inside = await run(lab.at(join(lab.dir, 'folder')), checkpointDiff, first, '../a.txt', '--json');
    assert.deepEqual(inside.json, { id: first, changes: [change('a.txt', 'modified', 1, 1)], notCompared: [] });
    lab.write('..odd', 'x\n');
    const odd = await run(lab, checkpointDiff, second, '..odd', '--json');
    assert.deepEqual(odd.json, { id: second, changes: [change('..odd', 'added', 1, 0)], notCompared: [] });
    await assert.rejects(
      run(lab, checkpointDiff, first, '..'),
      new CommandError('bad-path', `.. is outside of the repository ${lab.dir}. Nothing was changed.`),
    );
  });

  it('pin, unpin and rename', async () => {
    const { lab, first } = await scene();
    const pinned = await run(lab, checkpointPin, first);
    assert.deepEqual(pinned.json, { id: first, label: 'first', pinned: true });
    assert.equal(pinned.text, `Checkpoint ${first} (first) is kept until you delete it.`);
    const renamed = await run(lab, checkpointRename, first, 'another name');
    assert.deepEqual(renamed.json, { id: first, label: 'another name', pinned: true });
    const unpinned = await run(lab, checkpointUnpin, first);
    assert.deepEqual(unpinned.json, { id: first, label: 'another name', pinned: false });
  });

  it('delete', async () => {
    const { lab, first, second } = await scene();
    const gone = await run(lab, checkpointDelete, first, second);
    assert.deepEqual(gone.json, { deleted: [first, second] });
    assert.equal(gone.text, `Deleted 2 checkpoints: ${first}, ${second}`);
    assert.deepEqual(lab.refsOfOurs(), []);
  });

  it('prune: says what would go, then does it', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const checkpoints = await lab.open();
    assert.match(
      (await run(lab, checkpointPrune)).text,
      /^Nothing to prune: 0 checkpoints, taking 0 bytes\.\nAutomatic checkpoints are kept: all of 24 hours, /,
    );
    // More than a working tree keeps.
    const { id, tree } = value(await checkpoints.create({ kind: 'tool', tool: 'Edit a.txt', label: 'one' }));
    const tag = lab.git('cat-file', 'tag', `refs/soft-landing/main/${id}/w`);
    const day = id.slice(0, 8);
    const ids = Array.from({ length: 501 }, (_, at) => `${day}T000000${String(at).padStart(3, '0')}Z-00beef`);
    const files = ids.map((name) => `../${name}`);
    for (const name of ids) lab.write(`../${name}`, tag.replaceAll(id, name));
    const oids = lab.gitWith({ input: `${files.join('\n')}\n` }, 'hash-object', '-w', '-t', 'tag', '--stdin-paths');
    const lines = oids.split('\n').slice(0, -1);
    const create = lines.map((oid, at) => `create refs/soft-landing/main/${ids[at] ?? ''}/w ${oid}\n`);
    lab.gitWith({ input: create.join('') }, 'update-ref', '--stdin');
    const label = 'one';
    const gone = ['000', '001'].map((at) => ({
      id: `${day}T000000${at}Z-00beef`,
      label,
      createdAt: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00.${at}Z`,
      kind: 'tool',
    }));
    const plan = await run(lab, checkpointPrune, '--dry-run');
    const { bytes, freedBytes } = plan.json as { readonly bytes: number; readonly freedBytes: number };
    assert.deepEqual(plan.json, { deleted: gone.toReversed(), kept: 500, bytes, freedBytes });
    assert.ok(bytes > 0 && freedBytes > 0);
    assert.match(plan.text, /^2 checkpoints would be deleted\. Nothing was changed\.\n/);
    assert.match(plan.text, /\n500 would be left, taking [\d.]+ \w+; git's next gc can free [\d.]+ \w+\.$/);
    assert.equal(value(await checkpoints.list()).length, 502);
    const done = await run(lab, checkpointPrune);
    assert.deepEqual(done.json, plan.json);
    assert.match(done.text, /^Deleted 2 checkpoints\.\n/);
    assert.equal(value(await checkpoints.list()).length, 500);
    assert.equal(value(await checkpoints.list())[0]?.tree, tree);
  });

  it('refuse wrong usage, and what there is not', async () => {
    const { lab, first } = await scene();
    const refs = lab.refsOfOurs();
    const wrong: [Command, ...string[]][] = [
      [checkpointShow],
      [checkpointShow, first, first],
      [checkpointDiff],
      [checkpointDiff, first, 'a', 'b'],
      [checkpointPin],
      [checkpointUnpin, first, first],
      [checkpointRename, first],
      [checkpointRename, first, ' '],
      [checkpointRename, first, 'two', 'words'],
      [checkpointDelete],
      [checkpointPrune, first],
    ];
    for (const [command, ...args] of wrong) await assert.rejects(run(lab, command, ...args), UsageError, command.name);
    for (const command of [checkpointShow, checkpointDiff, checkpointPin, checkpointUnpin, checkpointDelete]) {
      await assert.rejects(run(lab, command, 'nope'), { reason: 'not-found' }, command.name);
      await assert.rejects(run(lab, command, first.slice(0, 1)), { reason: 'ambiguous-id' }, command.name);
    }
    await assert.rejects(run(lab.at(lab.outer), checkpointShow, first), { reason: 'not-a-repository' });
    assert.deepEqual(lab.refsOfOurs(), refs);
  });
});
