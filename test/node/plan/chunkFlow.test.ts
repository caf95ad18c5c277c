import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRepository, type Repository } from '../../support/repository.ts';
import { softLanding, type CliOutcome } from '../../support/softLanding.ts';

interface Report {
  readonly error?: { readonly reason: string; readonly message: string };
  readonly id: string;
  readonly verified: string | null;
  readonly exitCode: number | null;
  readonly output: string;
  readonly changed: boolean;
  readonly checkpoint: string;
  readonly prompt: string;
  readonly restored: string;
  readonly reopened: readonly number[];
  readonly next: number | null;
  readonly verify: Report | null;
  readonly plan: {
    readonly chunks: readonly {
      readonly status: string;
      readonly checkpoint: string | null;
      readonly costTokens: number | null;
    }[];
  };
  readonly checkpoints: readonly { readonly id: string; readonly verified: string | null; readonly label: string }[];
}

describe('a plan, chunk by chunk, from the command line', () => {
  let repository: Repository;
  beforeEach(() => {
    repository = makeRepository({
      files: { 'app.txt': 'good\n', 'package.json': '{"scripts":{"test":"grep -q good app.txt"}}' },
    });
  });
  afterEach(() => repository.remove());

  const cli = (...args: string[]): Promise<CliOutcome> => {
    const env = {
      ...process.env,
      HOME: join(repository.outer, 'home'),
      SOFT_LANDING_HOME: join(repository.outer, 'state'),
    };
    return softLanding({ args: [...args, '--home', join(repository.outer, 'home')], cwd: repository.dir, env });
  };
  const json = async (...args: string[]): Promise<Report & { readonly code: number | null }> => {
    const { stdout, stderr, exitCode } = await cli(...args, '--json');
    assert.notEqual(stdout, '', stderr);
    return { ...(JSON.parse(stdout) as Report), code: exitCode };
  };
  const plan = (): string => readFileSync(join(repository.dir, '.soft-landing', 'plan.md'), 'utf8');
  const statuses = ({ plan: { chunks } }: Report): string[] => chunks.map(({ status }) => status);

  it('offers what it finds instead of running it', async () => {
    const refused = await json('checkpoint', 'verify', '--now');
    assert.deepEqual([refused.code, refused.error?.reason], [1, 'no-verify-command']);
    assert.match(refused.error?.message ?? '', /npm test {2}\(package\.json, script "test"\)/);
    for (const args of [[], ['--now', 'abc'], ['a', 'b'], ['--now', '--command', ' ']]) {
      assert.equal((await cli('checkpoint', 'verify', ...args)).exitCode, 2, args.join(' '));
    }
  });

  it('verify: green, red, remembered for the working tree, shown in the list', async () => {
    const green = await json('checkpoint', 'verify', '--now', '--command', 'grep good app.txt');
    assert.deepEqual([green.code, green.verified, green.exitCode, green.changed], [0, 'green', 0, false]);
    assert.equal(green.output, 'good\n');
    repository.write('app.txt', 'bad\n');
    const red = await json('checkpoint', 'verify', '--now');
    assert.deepEqual([red.code, red.verified, red.exitCode], [1, 'red', 1]);
    const text = await cli('checkpoint', 'verify', red.id);
    assert.equal(text.exitCode, 1);
    assert.match(text.stdout, /^red .*grep good app\.txt failed \(exit code 1\)/);
    assert.match(text.stderr, /\$ grep good app\.txt/);
    assert.equal((await json('checkpoint', 'verify', green.id)).error?.reason, 'not-present');
    const list = await json('checkpoint', 'list');
    assert.deepEqual(
      list.checkpoints.map(({ id, verified }) => [id, verified]),
      [
        [red.id, 'red'],
        [green.id, 'green'],
      ],
    );
    assert.match((await cli('checkpoint', 'list')).stdout, / red .*\n.* green /);
    const back = await json('checkpoint', 'restore', '--last-green');
    assert.deepEqual([back.restored, back.reopened], [green.id, []]);
    assert.equal(repository.read('app.txt'), 'good\n');
    assert.equal((await cli('checkpoint', 'restore', green.id, '--last-green')).exitCode, 2);
    await cli('checkpoint', 'verify', '--now', '--command', 'echo x >> app.txt');
    assert.match(
      (await cli('checkpoint', 'verify', '--now')).stdout,
      /^not marked .* passed, but files were changed while it ran: app\.txt/,
    );
  });

  it('begins, ticks what is green, marks what is red, takes it back and begins it again', async () => {
    await cli('plan', 'new', 'Three steps', '--chunk', 'one', '--chunk', 'two', '--chunk', 'three');
    await cli('checkpoint', 'verify', '--now', '--command', 'grep -q good app.txt');
    const first = await json('plan', 'next', '--begin');
    assert.match(first.prompt, /chunk 1 of 3/);
    assert.ok(first.checkpoint);
    repository.write('one.txt', '1\n');
    const one = await json('plan', 'done');
    assert.deepEqual([one.code, one.verify?.verified, statuses(one)], [0, 'green', ['done', 'open', 'open']]);
    assert.equal(one.plan.chunks[0]?.checkpoint, one.verify?.id);
    assert.equal(one.plan.chunks[0]?.costTokens, 0);

    await cli('plan', 'next', '--begin');
    repository.write('app.txt', 'bad\n');
    const two = await json('plan', 'done');
    assert.deepEqual([two.code, two.verify?.verified, statuses(two), two.next], [1, 'red', ['done', 'red', 'open'], 2]);
    assert.match((await json('plan', 'next')).prompt, /failed: mend that first/);

    const back = await json('checkpoint', 'restore', '--last-green');
    assert.deepEqual([back.restored, back.reopened], [one.verify?.id, [2]]);
    assert.deepEqual([repository.read('app.txt'), repository.read('one.txt')], ['good\n', '1\n']);
    assert.deepEqual(statuses(await json('plan', 'show')), ['done', 'open', 'open']);
    const again = await json('plan', 'next', '--begin');
    assert.doesNotMatch(again.prompt, /begun before|failed/);
    assert.equal((await json('plan', 'done')).verify?.verified, 'green');
    const labels = (await json('checkpoint', 'list')).checkpoints.map(({ label }) => label);
    assert.ok(
      labels.some((label) => label === 'Before chunk 2: two'),
      labels.join(' | '),
    );
  });

  it('never runs a command that only the plan names until somebody has agreed to it', async () => {
    await cli('plan', 'new', 'With a command', '--chunk', 'one');
    const file = join(repository.dir, '.soft-landing', 'plan.md');
    repository.write('.soft-landing/plan.md', `${plan().trimEnd()}\n  - Verify: \`touch ${repository.outer}/ran\`\n`);
    await cli('plan', 'next', '--begin');
    const refused = await json('plan', 'done');
    assert.deepEqual([refused.code, refused.error?.reason], [1, 'command-not-agreed']);
    assert.doesNotMatch(readFileSync(file, 'utf8'), /\[x\]/);
    const agreed = await json('plan', 'done', '--agree');
    assert.deepEqual([agreed.code, agreed.verify?.verified], [0, 'green']);
  });

  it('ticks without a test where there is none, and says so', async () => {
    await cli('plan', 'new', 'Untested', '--chunk', 'one', '--chunk', 'two');
    await cli('plan', 'next', '--begin');
    const done = await cli('plan', 'done');
    assert.equal(done.exitCode, 0);
    assert.match(done.stdout, /No verify command is set/);
    await cli('plan', 'next', '--begin');
    assert.equal((await json('plan', 'done', '--unverified')).verify, null);
    assert.equal((await json('plan', 'next', '--begin')).error?.reason, 'nothing-left');
  });
});
