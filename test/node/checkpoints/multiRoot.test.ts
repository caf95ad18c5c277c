import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { useLabs, value, type Lab } from './lab.ts';
import { gitCommandsOf, ids, nest, save } from './sets.ts';

describe('several repositories saved as one set', () => {
  const make = useLabs();
  const base = { 'a.txt': '1\n' };
  const purpose = { kind: 'manual', label: 'all of them' } as const;

  async function saveAll(...labs: readonly Lab[]) {
    const opened = await Promise.all(labs.map((lab) => lab.open({ waitMs: 300 })));
    return Checkpoints.createSet(opened, purpose);
  }

  it('have one id, and if one has changed all have it', async () => {
    const [one, two] = [make(base), make(base)];
    const first = (await saveAll(one, two)).map(value);
    assert.deepEqual(
      first.map(({ unchanged }) => unchanged),
      [false, false],
    );
    assert.equal(first[0]?.id, first[1]?.id);
    assert.deepEqual(
      (await saveAll(one, two)).map(value).map(({ unchanged, id }) => [unchanged, id]),
      first.map(({ id }) => [true, id]),
    );
    one.write('a.txt', '2\n');
    const second = (await saveAll(two, one)).map(value);
    assert.deepEqual([ids(one), ids(two)], Array(2).fill([first[0]?.id, second[0]?.id]));
    assert.equal(second[0]?.id, second[1]?.id);
    for (const [lab, content] of [
      [one, '2\n'],
      [two, '1\n'],
    ] as const) {
      lab.write('a.txt', 'agent\n');
      value(await (await lab.open()).restore(second[0]?.id ?? ''));
      assert.equal(lab.read('a.txt'), content);
    }
  });

  it('an id sorts after the newest of each, though one’s clock was ahead', async () => {
    const [one, two] = [make(base), make(base)];
    const ahead = await save(await two.open());
    // As if made an hour from now.
    const later = new Date(Date.now() + 3_600_000).toISOString().replace(/[-:.]/g, '');
    const tag = two.git('cat-file', 'tag', ahead.ref).replaceAll(ahead.id, `${later}-aaaaaa`);
    const oid = two.gitWith({ input: tag }, 'hash-object', '-w', '-t', 'tag', '--stdin').trim();
    two.git('update-ref', `refs/soft-landing/main/${later}-aaaaaa/w`, oid);
    two.git('update-ref', '-d', ahead.ref);
    one.write('a.txt', '2\n');
    const [saved] = (await saveAll(one, two)).map(value);
    assert.ok(saved && saved.id > `${later}-aaaaaa`, `${saved?.id ?? ''} is before ${later}`);
    assert.deepEqual([ids(one).at(-1), ids(two).at(-1)], [saved.id, saved.id]);
  });

  it('count once for folders of one repository, at the cost of one', async () => {
    const lab = make({ ...base, 'inner/b.txt': '1\n' });
    lab.write('a.txt', '2\n');
    const inner = lab.at(join(lab.dir, 'inner'));
    const [outer, within] = (await saveAll(lab, inner)).map(value);
    assert.deepEqual([outer?.id, ids(lab)], [within?.id, [outer?.id]]);
    const opened = await Promise.all([lab.open(), inner.open()]);
    const commands = await gitCommandsOf(lab, () => Checkpoints.createSet(opened, purpose));
    assert.equal(commands.filter((command) => command === 'status').length, 1);
  });

  it('may lie inside one another', async () => {
    const lab = make(base);
    const inner = nest(lab, 'inner', base);
    inner.write('a.txt', '2\n');
    const all = (await saveAll(inner, lab)).map(value);
    assert.deepEqual([ids(lab), ids(inner)], Array(2).fill([all[0]?.id]));
    assert.deepEqual(
      (await saveAll(lab, inner)).map(value).map(({ unchanged }) => unchanged),
      [true, true],
    );
  });

  it('are each reported: one that cannot be saved keeps no other from it', async () => {
    const [busy, broken, sound] = [make(base), make(base), make(base)];
    const opened = await Promise.all([busy, broken, sound].map((lab) => lab.open({ waitMs: 200 })));
    busy.write('.git/soft-landing/lock', '1 another-machine - x\n');
    broken.write('.git/index', 'junk');
    const results = await Checkpoints.createSet(opened, purpose);
    assert.deepEqual(
      results.map((result) => (result.ok ? 'saved' : result.failure.reason)),
      ['busy', 'failed', 'saved'],
    );
    assert.equal(ids(sound).length, 1);
  });
});
