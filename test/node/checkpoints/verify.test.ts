import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ownStateFolder } from '../../../src/checkpoints/openOptions.ts';
import { readTreeVerdict } from '../../../src/store/verdictFile.ts';
import { failure, useLabs, value, type Lab } from './lab.ts';

const files = { 'app.txt': 'good\n', '.gitignore': 'out/\n', 'sub/inner.txt': 'x\n' };
const test = 'grep -q good app.txt';

describe('verify', () => {
  const make = useLabs();
  const list = async (lab: Lab) => value(await (await lab.open()).list());

  it('marks the checkpoint of the present files green or red, and makes one where there is none', async () => {
    const lab = make(files);
    const before = lab.state();
    const checkpoints = await lab.open();
    const green = value(await (await checkpoints.verifying()).run({ command: test }));
    assert.deepEqual([green.verified, green.passed, green.exitCode, green.changed], ['green', true, 0, []]);
    assert.deepEqual([green.checkpoint.kind, green.checkpoint.verified], ['verify', 'green']);
    assert.deepEqual(lab.state(), before);

    lab.write('app.txt', 'bad\n');
    const made = await lab.create('by hand');
    const red = value(await (await checkpoints.verifying()).run({ command: `echo seen; ${test}` }));
    assert.deepEqual([red.verified, red.exitCode, red.output], ['red', 1, 'seen\n']);
    assert.equal(red.checkpoint.id, made.id);
    assert.deepEqual(
      (await list(lab)).map(({ id, verified, label }) => [id, verified, label]),
      [
        [made.id, 'red', 'by hand'],
        [green.checkpoint.id, 'green', `Verify: ${test}`],
      ],
    );
    lab.assertSound();
  });

  it('is run again on the same files: the newer result counts', async () => {
    const lab = make(files);
    const checkpoints = await lab.open();
    const first = value(await (await checkpoints.verifying()).run({ command: 'test -e out/ready' }));
    assert.equal(first.verified, 'red');
    // Ignored: no part of the state.
    lab.write('out/ready', '');
    const second = value(await (await checkpoints.verifying()).run({ command: 'test -e out/ready' }));
    assert.deepEqual([second.verified, second.checkpoint.id], ['green', first.checkpoint.id]);
  });

  it('marks nothing if the files were changed meanwhile, by the command or by anybody else', async () => {
    const lab = make(files);
    const checkpoints = await lab.open();
    const result = value(
      await (await checkpoints.verifying()).run({ command: 'echo more >> app.txt; echo x > report.txt' }),
    );
    assert.deepEqual(
      [result.verified, result.passed, [...result.changed].sort()],
      [null, true, ['app.txt', 'report.txt']],
    );
    assert.ok((await list(lab)).every(({ verified }) => verified === null));
  });

  it('marks nothing if they were changed and changed back, where a checkpoint saw it', async () => {
    const lab = make(files);
    const checkpoints = await lab.open();
    const command = 'touch out-of-the-way; while test -e out-of-the-way; do sleep 0.05; done';
    lab.write('.gitignore', 'out/\nout-of-the-way\n');
    const running = (await checkpoints.verifying()).run({ command });
    while (!lab.exists('out-of-the-way')) await new Promise((resolve) => setTimeout(resolve, 20));
    // The lock is free while the command runs: an agent's hook makes checkpoints.
    lab.write('app.txt', 'for a while\n');
    await lab.create('of an agent');
    lab.write('app.txt', 'good\n');
    rmSync(join(lab.dir, 'out-of-the-way'));
    const result = value(await running);
    assert.deepEqual([result.verified, result.changed], [null, ['app.txt']]);
    assert.ok((await list(lab)).every(({ verified }) => verified === null));
  });

  it('is not put off by a commit or by staging, which change no file', async () => {
    const lab = make(files);
    lab.write('app.txt', 'good, and new\n');
    const result = value(
      await (await (await lab.open()).verifying()).run({ command: `git add -A && git commit -qm more && ${test}` }),
    );
    assert.equal(result.verified, 'green');
  });

  it('says of an older checkpoint that its files are not there any more, and runs nothing', async () => {
    const lab = make(files);
    const checkpoints = await lab.open();
    const old = await lab.create('old');
    lab.write('app.txt', 'bad\n');
    const now = await lab.create('now');
    const refused = failure(await (await checkpoints.verifying()).run({ command: 'touch ran', id: old.id }));
    assert.equal(refused.reason, 'not-present');
    assert.match(refused.message, /nothing was run/);
    assert.equal(lab.exists('ran'), false);
    const done = value(await (await checkpoints.verifying()).run({ command: test, id: now.id }));
    assert.deepEqual([done.verified, done.checkpoint.id], ['red', now.id]);
    // Gone back to, its files are the present ones.
    value(await checkpoints.restore(old.id));
    assert.equal(value(await (await checkpoints.verifying()).run({ command: test, id: old.id })).checkpoint.id, old.id);
  });

  it('goes back to the last green one, and undo comes back', async () => {
    const lab = make(files);
    const checkpoints = await lab.open();
    assert.equal(value(await (await checkpoints.verifying()).lastGreen()), null);
    assert.equal(failure(await (await checkpoints.verifying()).resetToLastGreen()).reason, 'no-green');
    const green = value(await (await checkpoints.verifying()).run({ command: test }));
    lab.write('app.txt', 'bad\n');
    lab.write('new.txt', 'new\n');
    assert.equal(value(await (await checkpoints.verifying()).run({ command: test })).verified, 'red');
    const red = lab.state();
    const done = value(await (await checkpoints.verifying()).resetToLastGreen());
    assert.deepEqual([done.restored, done.written, done.deleted], [green.checkpoint.id, 1, 1]);
    assert.deepEqual([lab.read('app.txt'), lab.exists('new.txt')], ['good\n', false]);
    assert.equal(value(await (await checkpoints.verifying()).lastGreen())?.id, green.checkpoint.id);
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), red);
  });

  it('leaves word of what the present files are, for programs that cannot ask git', async () => {
    const lab = make(files);
    const checkpoints = await lab.open();
    const word = () => readTreeVerdict(ownStateFolder(), join(lab.dir, 'sub'));
    const verify = async (command: string) => value(await (await checkpoints.verifying()).run({ command }));
    assert.equal(word(), null);
    const before = await lab.create('before');
    await verify(test);
    assert.equal(word(), 'green');
    lab.write('app.txt', 'bad\n');
    await verify(`${test}; echo more > more.txt`);
    assert.equal(word(), 'green', 'nothing was marked');
    await verify(test);
    assert.equal(word(), 'red');
    lab.write('new.txt', 'still bad\n');
    await lab.create('more');
    value(await (await checkpoints.verifying()).resetToLastGreen());
    assert.equal(word(), 'green');
    value(await checkpoints.undo());
    assert.equal(word(), 'red', 'the safety checkpoint came after the red one');
    value(await checkpoints.restore(before.id));
    assert.equal(word(), 'green', 'it is the one that was verified');
    value(await checkpoints.undo());
    value(await checkpoints.restore(before.id, { paths: ['app.txt'] }));
    assert.equal(word(), null, 'some of both');
  });

  it('keeps its mark through pinning, renaming and a prompt that takes the checkpoint over', async () => {
    const lab = make(files);
    const checkpoints = await lab.open();
    value(await checkpoints.create({ kind: 'turn', label: 'turn' }));
    const { checkpoint } = value(await (await checkpoints.verifying()).run({ command: test }));
    value(await checkpoints.keeping.pin(checkpoint.id, true));
    value(await checkpoints.keeping.rename(checkpoint.id, 'other'));
    const prompt = value(await checkpoints.create({ kind: 'prompt', label: 'next task' }));
    assert.deepEqual([prompt.id, prompt.label, prompt.verified], [checkpoint.id, 'next task', 'green']);
  });

  it('sees changes in a nested repository', async () => {
    const lab = make(files);
    lab.write('nested/file.txt', 'x\n');
    lab.git('-C', 'nested', 'init', '-q');
    const checkpoints = await lab.open();
    assert.equal(value(await (await checkpoints.verifying()).run({ command: 'true' })).verified, 'green');
    const result = value(await (await checkpoints.verifying()).run({ command: 'echo y > nested/file.txt' }));
    assert.deepEqual([result.verified, result.changed], [null, ['nested/file.txt']]);
  });

  it('counts one that does not end in time as red, and a cancelled one as nothing', async () => {
    const lab = make(files);
    const checkpoints = await lab.open();
    const late = value(await (await checkpoints.verifying()).run({ command: 'sleep 60', deadlineMs: 300 }));
    assert.deepEqual([late.verified, late.end, late.exitCode], ['red', 'deadline', null]);
    lab.write('app.txt', 'other\n');
    const aborted = failure(
      await (await checkpoints.verifying()).run({ command: 'sleep 60', signal: AbortSignal.timeout(300) }),
    );
    assert.equal(aborted.reason, 'aborted');
    assert.equal((await list(lab))[0]?.verified, null);
  });

  it('is run where the command was set for, and in the folder that was opened', async () => {
    const lab = make(files);
    const inner = await lab.at(join(lab.dir, 'sub')).open();
    assert.equal(value(await (await inner.verifying()).command()), null);
    value(await (await (await lab.open()).verifying()).setCommand('test -e app.txt'));
    assert.deepEqual(value(await (await inner.verifying()).command()), { command: 'test -e app.txt', folder: '' });
    assert.equal(
      value(await (await inner.verifying()).run({ command: 'test -e app.txt', folder: '' })).verified,
      'green',
    );
    assert.equal(value(await (await inner.verifying()).run({ command: 'test -e inner.txt' })).verified, 'green');
    value(await (await inner.verifying()).setCommand('test -e inner.txt'));
    assert.deepEqual(value(await (await inner.verifying()).command()), { command: 'test -e inner.txt', folder: 'sub' });
    assert.equal(value(await (await inner.verifying()).isAgreed('rm -rf x')), false);
    value(await (await inner.verifying()).agree('rm -rf x'));
    assert.equal(value(await (await (await lab.open()).verifying()).isAgreed('rm -rf x')), true);
  });
});
