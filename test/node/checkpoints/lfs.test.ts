import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, roundTrip, useLabs, value, type Lab } from './lab.ts';

/** What `git lfs clean` and `git lfs smudge` do, in as many lines as that takes: pointers of version 1, objects by their SHA-256. */
const program = `#!/bin/sh
set -e
place() { echo "$store/objects/$(echo "$1" | cut -c1-2)/$(echo "$1" | cut -c3-4)/$1"; }
store=$2
if [ "$1" = clean ]; then
  copy=$(mktemp)
  cat > "$copy"
  if head -c 40 "$copy" | grep -q '^version https://git-lfs'; then cat "$copy"; exit; fi
  oid=$(sha256sum "$copy" | cut -d' ' -f1)
  mkdir -p "$(dirname "$(place "$oid")")"
  printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %s\\n' "$oid" "$(wc -c < "$copy" | tr -d ' ')"
  mv "$copy" "$(place "$oid")"
else
  oid=$(sed -n 's/^oid sha256://p')
  cat "$(place "$oid")"
fi
`;

describe('files that Git LFS keeps', function () {
  this.timeout(60_000);
  const make = useLabs();

  function lfsLab(options: { readonly storage?: string } = {}): Lab {
    const lab = make({ 'README.md': 'r\n' });
    const script = join(lab.outer, 'lfs.sh');
    const store = join(lab.dir, '.git', options.storage ?? 'lfs');
    writeFileSync(script, program, { mode: 0o755 });
    for (const direction of ['clean', 'smudge']) {
      lab.git('config', `filter.lfs.${direction}`, `sh '${script}' ${direction} '${store}'`);
    }
    lab.git('config', 'filter.lfs.required', 'true');
    if (options.storage !== undefined) lab.git('config', 'lfs.storage', options.storage);
    lab.write('.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n');
    lab.write('asset.bin', 'first content\n');
    lab.write('dir/other.bin', 'other\r\n');
    lab.commit('with LFS');
    return lab;
  }

  function objectOf(lab: Lab, content: string, storage = 'lfs'): string {
    const oid = createHash('sha256').update(content, 'latin1').digest('hex');
    return join(lab.dir, '.git', storage, 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);
  }

  it('come back and go again; only their pointers are kept', async () => {
    const lab = lfsLab();
    const large = '0123456789'.repeat(100_000);
    lab.write('asset.bin', large);
    lab.write('new.bin', 'new\r\n');
    const { id } = await roundTrip(lab, () => {
      lab.write('asset.bin', 'agent\n');
      lab.delete('new.bin');
      lab.write('agent.bin', 'agent too\n');
    });
    assert.deepEqual(
      lab.refsOfOurs().filter((line) => line.includes('/r ')),
      [],
    );
    assert.match(lab.git('cat-file', 'blob', `refs/soft-landing/main/${id}/w:asset.bin`), /^version https:\/\/git-lfs/);
    const own = createHash('sha1').update(`blob ${large.length}\0${large}`).digest('hex');
    lab.gitFails('cat-file', '-e', own);
  });

  for (const storage of [undefined, 'elsewhere']) {
    it(`are not reset without their content (${storage ?? 'the usual store'})`, async () => {
      const lab = lfsLab(storage === undefined ? {} : { storage });
      lab.write('asset.bin', 'human\n');
      lab.write('plain.txt', 'human\n');
      const human = lab.files();
      const { id } = await lab.create();
      lab.write('asset.bin', 'agent\n');
      lab.write('plain.txt', 'agent\n');
      const before = { ...lab.state(), refs: lab.refsOfOurs() };
      const object = objectOf(lab, 'human\n', storage);
      const content = readFileSync(object);
      rmSync(object);

      const checkpoints = await lab.open();
      const refused = failure(await checkpoints.restore(id));
      assert.equal(refused.reason, 'lfs-missing');
      assert.equal(
        refused.message,
        "Git LFS no longer has the content of 1 of the checkpoint's files (for example asset.bin). Nothing was changed. " +
          '“git lfs fetch --all” gets it if the server has it; then try again.',
      );
      assert.deepEqual({ ...lab.state(), refs: lab.refsOfOurs() }, before);
      assert.equal(failure(await checkpoints.undo()).reason, 'nothing-to-undo');
      value(await checkpoints.restore(id, { paths: ['plain.txt'] }));
      assert.equal(lab.read('plain.txt'), 'human\n');

      mkdirSync(join(object, '..'), { recursive: true });
      writeFileSync(object, content);
      value(await checkpoints.restore(id));
      assert.deepEqual(lab.files(), human);
    });
  }

  it('are not needed in the store where the file has the content', async () => {
    const lab = lfsLab();
    const { id } = await lab.create();
    chmodSync(lab.bytes('asset.bin'), 0o755);
    lab.commit('executable: the same content is written once more');
    rmSync(objectOf(lab, 'first content\n'));
    const before = lab.files();
    value(await (await lab.open()).restore(id));
    assert.deepEqual(lab.files(), { ...before, 'asset.bin': 'file first content\n' });
  });

  it('are asked about by the attributes of the checkpoint', async () => {
    const lab = lfsLab();
    lab.write('asset.bin', 'human\n');
    const { id } = await lab.create();
    rmSync(objectOf(lab, 'human\n'));
    lab.write('.gitattributes', '');
    lab.write('asset.bin', 'agent, without LFS\n');
    const checkpoints = await lab.open();
    assert.equal(failure(await checkpoints.restore(id)).reason, 'lfs-missing');
    // Without the attributes it is a file like any other, and what git has of it is written.
    value(await checkpoints.restore(id, { paths: ['asset.bin'] }));
    assert.match(lab.read('asset.bin'), /^version https:\/\/git-lfs/);
  });

  it('a text that only looks like a pointer needs nothing', async () => {
    const lab = lfsLab();
    lab.write('notes.txt', `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 5\n`);
    await roundTrip(lab, () => {
      lab.write('notes.txt', 'agent\n');
    });
  });
});
