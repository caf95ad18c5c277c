import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { failure, useLabs, value } from './lab.ts';
import { idsOf, several, theirs } from './managed.ts';

describe('deleting checkpoints', () => {
  const make = useLabs();

  it('takes away exactly what is named, by whole ids or their beginnings', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const [a = '', b = '', c = '', d = ''] = await several(lab, 4);
    const checkpoints = await lab.open();
    const before = theirs(lab);
    lab.git('update-ref', `refs/soft-landing/main/${b}/r`, 'HEAD^{tree}');
    const refs = lab.refsOfOurs().filter((line) => !line.includes(`/${b}/`) && !line.includes(`/${d}/`));
    const beginning = d.slice(0, -1);
    assert.deepEqual(value(await checkpoints.keeping.delete([b, beginning, b])), { deleted: [b, d] });
    assert.deepEqual(await idsOf(checkpoints), [c, a]);
    assert.deepEqual(lab.refsOfOurs(), refs);
    assert.deepEqual(theirs(lab), before);
    // The state is that of the newest one, which is gone: so it is saved again.
    assert.equal((await lab.create()).unchanged, false);
  });

  it('deletes nothing if one of the ids names none, or several', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const [a = ''] = await several(lab, 2);
    const checkpoints = await lab.open();
    const refs = lab.refsOfOurs();
    assert.equal(failure(await checkpoints.keeping.delete([a, 'nope'])).reason, 'not-found');
    assert.equal(failure(await checkpoints.keeping.delete([a, '2'])).reason, 'ambiguous-id');
    assert.equal(failure(await checkpoints.keeping.delete([''])).reason, 'not-found');
    assert.deepEqual(value(await checkpoints.keeping.delete([])), { deleted: [] });
    assert.deepEqual(lab.refsOfOurs(), refs);
    value(await checkpoints.keeping.delete([a]));
    assert.equal(failure(await checkpoints.keeping.delete([a])).reason, 'not-found');
  });

  it('leaves the others whole, even after git gc --prune=now', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const ids = await several(lab, 5);
    lab.git('gc', '-q');
    const checkpoints = await lab.open();
    const { tree } = value(await checkpoints.list())[0] ?? {};
    assert.ok(tree !== undefined);
    const state = lab.state();
    value(await checkpoints.keeping.delete([ids[0] ?? '', ids[2] ?? '', ids[3] ?? '']));
    lab.git('reset', '-q', '--hard');
    lab.git('gc', '-q', '--prune=now');
    lab.assertSound();
    assert.equal(lab.git('cat-file', '-t', tree).trim(), 'tree');
    value(await checkpoints.restore(ids[4] ?? ''));
    assert.equal(lab.read('staged.txt'), 'staged 4\n');
    for (const path of ['new 4.txt', 'a.txt']) assert.equal(lab.files()[path], state.files[path]);
    value(await checkpoints.restore(ids[1] ?? ''));
    assert.equal(lab.read('a.txt'), 'state 1\n');
    assert.equal(lab.exists('new 2.txt'), false);
  });

  it('lets go of commits that no other checkpoint needs, of whatever working tree', async () => {
    const lab = make({ 'a.txt': '1\n' });
    lab.git('worktree', 'add', '-q', join(lab.outer, 'heads'));
    const linked = lab.at(join(lab.outer, 'heads'));
    const [first = ''] = await several(lab, 1);
    const there = (await linked.create('there')).id;
    lab.commit('second');
    const [second = ''] = await several(lab, 1);
    lab.commit('third');
    const [third = ''] = await several(lab, 1);
    const heads = (): string[] =>
      lab
        .refsOfOurs()
        .map((line) => line.split(' ')[0] ?? '')
        .filter((name) => /\/heads\/[^/]+$/.test(name));
    const commits = lab.git('rev-list', '--reverse', 'HEAD').trim().split('\n');
    const refs = (wanted: readonly number[]): string[] =>
      wanted.map((at) => `refs/soft-landing/heads/${commits[at] ?? ''}`).sort();
    assert.deepEqual(heads(), refs([0, 1, 2]));
    // Somebody else's, where ours are.
    lab.git('update-ref', 'refs/soft-landing/heads/theirs', commits[1] ?? '');

    const checkpoints = await lab.open();
    value(await checkpoints.keeping.delete([second]));
    assert.deepEqual(heads(), [...refs([0, 2]), 'refs/soft-landing/heads/theirs']);
    value(await checkpoints.keeping.delete([first]));
    assert.deepEqual(heads(), [...refs([0, 2]), 'refs/soft-landing/heads/theirs'], 'the other working tree needs it');
    assert.equal(failure(await checkpoints.keeping.delete([there])).reason, 'not-found', 'it is in another list');
    value(await (await linked.open()).keeping.delete([there]));
    assert.deepEqual(heads(), [...refs([2]), 'refs/soft-landing/heads/theirs']);
    assert.deepEqual(await idsOf(checkpoints), [third]);
    value(await checkpoints.keeping.delete([third]));
    assert.deepEqual(heads(), ['refs/soft-landing/heads/theirs']);
  });

  it('brings a commit back under its ref if another working tree has made a checkpoint of it meanwhile', async () => {
    const lab = make({ 'a.txt': '1\n' });
    lab.git('worktree', 'add', '-q', join(lab.outer, 'other'));
    const linked = lab.at(join(lab.outer, 'other'));
    const [id = ''] = await several(lab, 1);
    const there = await linked.create('there');
    const tag = lab.git('rev-parse', there.ref).trim();
    lab.git('update-ref', '-d', there.ref);
    const checkpoints = await lab.open();
    const script = `case "$*" in *"update-ref --no-deref --stdin"*)
        input=$(cat)
        case "$input" in */heads/*) "$real" update-ref ${there.ref} ${tag};; esac
        printf '%s\\n' "$input" | "$real" "$@"; exit $?;;
      esac; exec "$real" "$@"`;
    await lab.withGit(script, async () => value(await checkpoints.keeping.delete([id])));
    const head = lab.git('rev-parse', 'HEAD').trim();
    assert.deepEqual(lab.refsOfOurs(), [`refs/soft-landing/heads/${head} ${head}`, `${there.ref} ${tag}`]);
  });

  it('lets go of no commit while there are checkpoints of a newer version, whose needs it does not know', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const [first = '', second = ''] = await several(lab, 2);
    const checkpoints = await lab.open();
    const tag = lab
      .git('cat-file', 'tag', `refs/soft-landing/main/${second}/w`)
      .replace('{"v":1,', '{"v":2,"more":{},');
    const oid = lab.gitWith({ input: tag }, 'mktag').trim();
    lab.git('update-ref', `refs/soft-landing/main/${second}/w`, oid);
    assert.deepEqual(await idsOf(checkpoints), [first]);
    const refused = failure(await checkpoints.restore(second));
    assert.equal(refused.reason, 'not-found');
    assert.match(refused.message, /newer Soft Landing \(format 2\)/);
    const refs = lab.refsOfOurs().filter((line) => !line.includes(first));
    value(await checkpoints.keeping.delete([first]));
    assert.deepEqual(lab.refsOfOurs(), refs);
  });

  it('works beside broken and foreign refs below our namespace, and leaves the foreign ones', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const [a = '', b = '', c = ''] = await several(lab, 3);
    const base = 'refs/soft-landing/main';
    lab.git('tag', '-a', '-m', 'not ours', 'theirs');
    lab.git('update-ref', `${base}/theirs/w`, lab.git('rev-parse', 'theirs').trim());
    lab.git('update-ref', 'refs/soft-landing/other', 'HEAD');
    lab.git('symbolic-ref', `${base}/${b}/symbolic`, 'refs/heads/main');
    lab.write(`.git/${base}/20200101T000000000Z-00dead/w`, `${'1'.repeat(40)}\n`);
    lab.write(`.git/${base}/${a}/u`, `${'2'.repeat(40)}\n`);
    lab.write(`.git/${base}/torn/w`, 'no id\n');

    const checkpoints = await lab.open();
    assert.deepEqual(value(await checkpoints.keeping.delete([a, b])), { deleted: [a, b] });
    assert.deepEqual(await idsOf(checkpoints), [c]);
    assert.equal(lab.git('rev-parse', 'refs/heads/main'), lab.git('rev-parse', 'HEAD'));
    const names = lab.refsOfOurs().map((line) => line.split(' ')[0] ?? '');
    assert.deepEqual(
      names.filter((name) => !name.includes(c) && !name.includes('/heads/')),
      [`${base}/theirs/w`, 'refs/soft-landing/other'],
    );
  });

  it('works in a linked working tree whose name is not ASCII, heals its broken refs too, and after pack-refs', async () => {
    const lab = make({ 'a.txt': '1\n' });
    await several(lab, 1);
    lab.git('worktree', 'add', '-q', join(lab.outer, 'größe'));
    const linked = lab.at(join(lab.outer, 'größe'));
    const checkpoints = await linked.open();
    const made: string[] = [];
    for (const label of ['a', 'b']) {
      linked.write('a.txt', label);
      made.push(value(await checkpoints.create({ kind: 'manual', label })).id);
    }
    const [a = '', b = ''] = made;
    lab.git('pack-refs', '--all');
    const others = lab
      .git('for-each-ref')
      .split('\n')
      .filter((line) => !line.includes(a));
    value(await checkpoints.keeping.delete([a]));
    assert.deepEqual(lab.git('for-each-ref').split('\n'), others);
    assert.deepEqual(await idsOf(checkpoints), [b]);
    const folder = Buffer.from('größe', 'utf8').toString('latin1');
    lab.write(`.git/refs/soft-landing/${folder}/20200101T000000000Z-00dead/w`, `${'1'.repeat(40)}\n`);
    assert.deepEqual(await idsOf(checkpoints), [b]);
    assert.equal(value(await checkpoints.recover()).healedRefs, 0, 'listing had healed it');
  });

  it('of an undo’s safety checkpoint does not make the same undo possible again', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const [id = ''] = await several(lab, 1);
    lab.write('a.txt', 'agent\n');
    const checkpoints = await lab.open();
    value(await checkpoints.restore(id));
    const undone = value(await checkpoints.undo());
    lab.write('a.txt', 'work since\n');
    value(await checkpoints.keeping.delete([undone.safety ?? '']));
    assert.equal(failure(await checkpoints.undo()).reason, 'nothing-to-undo');
    assert.equal(lab.read('a.txt'), 'work since\n');
  });

  it('tells open editors, the last one gone too', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const ids = await several(lab, 2);
    const news = (): unknown => JSON.parse(readFileSync(join(lab.dir, '.git', 'soft-landing', 'last.json'), 'utf8'));
    const checkpoints = await lab.open();
    value(await checkpoints.keeping.delete([ids[1] ?? '']));
    assert.deepEqual(news(), { v: 2, newest: null, id: ids[0], fingerprint: null });
    value(await checkpoints.keeping.delete([ids[0] ?? '']));
    assert.deepEqual(news(), { v: 2, newest: null, id: '', fingerprint: null });
    assert.deepEqual(lab.refsOfOurs(), []);
    assert.equal((await lab.create()).unchanged, false);
  });

  it('waits for git’s own lock, or is refused as a whole', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const [a = '', b = ''] = await several(lab, 2);
    const refs = lab.refsOfOurs();
    // The one of all refs, the user's too, which is not ours to judge (those of our own: refLocks.test.ts).
    lab.write('.git/packed-refs.lock', '');
    const checkpoints = await lab.open();
    assert.equal(failure(await checkpoints.keeping.delete([a, b])).reason, 'failed');
    assert.deepEqual(lab.refsOfOurs(), refs);
    assert.ok(lab.exists('.git/packed-refs.lock'));
    lab.delete('.git/packed-refs.lock');
    value(await checkpoints.keeping.delete([a, b]));
  });

  it('killed at any moment leaves all of it or nothing', async function () {
    this.timeout(120_000);
    const lab = make({ 'a.txt': '1\n' });
    const module = pathToFileURL(join(import.meta.dirname, '../../../src/checkpoints/checkpoints.ts')).href;
    const program = `
      const { Checkpoints } = await import(${JSON.stringify(module)});
      const opened = await Checkpoints.open(${JSON.stringify(lab.dir)});
      await opened.value.keeping.measure(); // loads what deleting needs
      process.stdout.write('ready');
      await opened.value.keeping.delete(process.argv.slice(1));`;
    const outcomes = { all: 0, nothing: 0 };
    for (let kill = 0; kill < 7; kill++) {
      const ids = await several(lab, 3);
      const refs = lab.refsOfOurs();
      const args = ['--import', 'tsx', '--input-type=module', '-e', program, ...ids.slice(0, 2)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      const ended = once(child, 'exit');
      await once(child.stdout, 'data');
      await sleep(kill * 7);
      child.kill('SIGKILL');
      await ended;
      // The git that it had started may still be at work; whoever comes next finds it done.
      await sleep(100);
      const left = lab.refsOfOurs().filter((line) => line.includes(ids[0] ?? '') || line.includes(ids[1] ?? ''));
      const were = refs.filter((line) => line.includes(ids[0] ?? '') || line.includes(ids[1] ?? ''));
      outcomes[left.length === 0 ? 'all' : 'nothing']++;
      if (left.length > 0) assert.deepEqual(left, were);
      const checkpoints = await lab.open();
      if (left.length > 0) value(await checkpoints.keeping.delete(ids.slice(0, 2)));
      value(await checkpoints.restore(ids[2] ?? ''));
      lab.assertSound();
    }
    assert.ok(outcomes.all > 0 && outcomes.nothing > 0, JSON.stringify(outcomes));
  });
});
