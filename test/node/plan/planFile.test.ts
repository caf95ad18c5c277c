import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CommandError, UsageError, type Command } from '../../../src/cli/command.ts';
import { planNew, planShow } from '../../../src/cli/plan.ts';
import { planDone, planNext } from '../../../src/cli/planRun.ts';
import { addChunk, setStatus } from '../../../src/plan/planEdits.ts';
import { changePlanFile, planFileBy, planFileIn, readPlanFile, workspaceOf } from '../../../src/plan/planFile.ts';
import { defaultPlanName, isPlanName } from '../../../src/store/planFolder.ts';
import { defaultPreferences, publishPreferences } from '../../../src/store/preferences.ts';
import { currentPlan } from '../../../src/plan/planText.ts';
import { succeed } from '../../../src/protocol/result.ts';
import { makeRepository } from '../../support/repository.ts';

describe('the plan file on disk', () => {
  let outer = '';
  let top = '';
  let file = '';

  beforeEach(() => {
    outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-plan-')));
    top = join(outer, 'work');
    mkdirSync(join(top, '.git'), { recursive: true });
    file = join(top, '.soft-landing', 'plan.md');
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  const append = (line: string) => (text: string) => succeed(`${text}${line}\n`);

  async function reasonOf(result: ReturnType<typeof readPlanFile>): Promise<string | null> {
    const { ok, ...rest } = await result;
    return ok || !('failure' in rest) ? null : rest.failure.reason;
  }

  it('is in the folder that has one, within the repository, else in its top folder', () => {
    const deep = join(top, 'a', 'b');
    mkdirSync(deep, { recursive: true });
    assert.equal(planFileBy(deep, defaultPlanName), file);
    mkdirSync(join(top, 'a', '.soft-landing'));
    writeFileSync(join(top, 'a', '.soft-landing', 'plan.md'), '');
    assert.equal(planFileBy(deep, defaultPlanName), join(top, 'a', '.soft-landing', 'plan.md'));
    assert.equal(planFileBy(outer, defaultPlanName), join(outer, '.soft-landing', 'plan.md'));
  });

  it('is where the user has set it, in a folder that is made for it', async () => {
    const state = join(outer, 'state');
    const deep = join(top, 'a');
    mkdirSync(deep);
    await publishPreferences(state, { ...defaultPreferences, planFile: 'docs/tasks/plan.md' });
    const own = await planFileIn(deep, state);
    assert.equal(own, join(top, 'docs', 'tasks', 'plan.md'));
    assert.ok((await changePlanFile(own, append('- [ ] a'))).ok);
    assert.deepEqual(readdirSync(join(top, 'docs', 'tasks')), ['plan.md']);
    // Of the whole repository, as agents record where they work.
    assert.equal(workspaceOf(own), top);
    assert.equal(workspaceOf(file), top);
    assert.equal(await planFileIn(deep, join(outer, 'none')), file);
    for (const name of [
      '',
      ' ',
      '/etc/plan.md',
      '../plan.md',
      'a/../../b.md',
      'C:\\plan.md',
      '~/plan.md',
      'docs/',
      './p.md',
    ])
      assert.equal(isPlanName(name), false, name);
  });

  it('lies in a folder that ignores itself, so that git sees nothing of it', async () => {
    const repository = makeRepository({ files: { 'a.txt': 'a\n' } });
    try {
      const own = planFileBy(repository.dir, defaultPlanName);
      assert.ok((await changePlanFile(own, append('- [ ] a'))).ok);
      assert.equal(repository.git('status', '--porcelain'), '');
      assert.deepEqual(readdirSync(join(repository.dir, '.soft-landing')).sort(), ['.gitignore', 'plan.md']);
    } finally {
      repository.remove();
    }
  });

  it('loses nothing when many write at once', async () => {
    writeFileSync(join(top, 'p.md'), '# Plan: T\n\n- [ ] first\n');
    const titles = Array.from({ length: 12 }, (_, at) => `chunk ${at}`);
    const done = await Promise.all(
      titles.map((title) => changePlanFile(join(top, 'p.md'), (text) => addChunk(text, { title }))),
    );
    assert.ok(done.every(({ ok }) => ok));
    const read = currentPlan(readFileSync(join(top, 'p.md'), 'utf8'))?.plan.chunks.map(({ title }) => title) ?? [];
    assert.deepEqual(read.sort(), [...titles, 'first'].sort());
    assert.deepEqual(readdirSync(top).sort(), ['.git', 'p.md']);
  });

  it('keeps every byte of what people wrote, but for the one that is changed', async () => {
    const before = [
      '\uFEFF# Plan: Old\r\n- [x] long done\r\n',
      '# Plan: Now\r\n\r\nWhy: \u00e4\u00df\ud83d\ude00\t tabs, and blanks at the end  \r\n',
      '```md\r\n- [ ] an example\r\n```\n<!-- - [ ] a comment -->\r',
      '*\t[ ] **first**\r\n\t* Owner: Ada\r\n\t\t- [ ] a part of it\r\n\r\n',
      '- [ ] second\n  - Status: red (since Friday)\n\n> a remark, without a line end',
    ];
    writeFileSync(join(top, 'p.md'), before.join(''));
    assert.ok((await changePlanFile(join(top, 'p.md'), (text) => setStatus(text, 1, 'done'))).ok);
    const after = before.map((part) => part.replace('*\t[ ] **first**', '*\t[x] **first**'));
    assert.deepEqual(readFileSync(join(top, 'p.md')), Buffer.from(after.join('')));
    // Back again: not one byte is another.
    assert.ok((await changePlanFile(join(top, 'p.md'), (text) => setStatus(text, 1, 'open'))).ok);
    assert.deepEqual(readFileSync(join(top, 'p.md')), Buffer.from(before.join('')));
  });

  it('is edited as it is just before writing, if an editor saves it meanwhile', async () => {
    mkdirSync(join(top, '.soft-landing'));
    writeFileSync(file, 'old\n');
    let calls = 0;
    const changed = await changePlanFile(file, (text) => {
      if (++calls === 1) writeFileSync(file, 'saved by hand\n');
      return succeed(`${text}ours\n`);
    });
    assert.ok(changed.ok);
    assert.equal(readFileSync(file, 'utf8'), 'saved by hand\nours\n');
  });

  it('is refused where it is a folder, too large, not text, or led out of the workspace by a link', async () => {
    mkdirSync(file, { recursive: true });
    assert.equal(await reasonOf(readPlanFile(file)), 'not-a-file');
    rmSync(file, { recursive: true });
    writeFileSync(file, Buffer.alloc(1_000_001, 'a'));
    assert.equal(await reasonOf(readPlanFile(file)), 'too-large');
    writeFileSync(file, Buffer.from([0x61, 0xff, 0xfe]));
    assert.equal(await reasonOf(readPlanFile(file)), 'not-text');
    assert.equal(await reasonOf(changePlanFile(file, append('x'))), 'not-text');
    assert.deepEqual(readFileSync(file), Buffer.from([0x61, 0xff, 0xfe]));

    const secret = join(outer, 'elsewhere.md');
    writeFileSync(secret, 'theirs\n');
    rmSync(file);
    symlinkSync(secret, file);
    assert.equal(await reasonOf(changePlanFile(file, append('x'))), 'outside');
    assert.equal(readFileSync(secret, 'utf8'), 'theirs\n');
    rmSync(join(top, '.soft-landing'), { recursive: true });
    mkdirSync(join(outer, 'folder'));
    symlinkSync(join(outer, 'folder'), join(top, '.soft-landing'));
    assert.equal(await reasonOf(changePlanFile(file, append('x'))), 'outside');
    assert.deepEqual(readdirSync(join(outer, 'folder')), []);
  });

  it('stays a link where it is one within the workspace', async () => {
    mkdirSync(join(top, '.soft-landing'));
    writeFileSync(join(top, 'PLAN.md'), '- [ ] a\n');
    symlinkSync('../PLAN.md', file);
    assert.ok((await changePlanFile(file, append('- [ ] b'))).ok);
    assert.equal(readFileSync(join(top, 'PLAN.md'), 'utf8'), '- [ ] a\n- [ ] b\n');
  });

  describe('by command', () => {
    async function run(command: Command, values: Record<string, string | boolean | string[]>, ...words: string[]) {
      const context = {
        surroundings: { home: outer, env: {}, platform: process.platform },
        stateFolder: join(outer, 'state'),
        repoDir: top,
        programDir: outer,
        now: Date.now,
        stdin: Readable.from([]),
      };
      return command.run(context, values, words);
    }

    it('is begun, worked on and ticked', async () => {
      await run(planNew, { chunk: ['parser', 'writer'] }, 'Round trip');
      const next = await run(planNext, { begin: true });
      assert.match(next.text, /chunk 1 of 2: parser \(plan "Round trip" in \.soft-landing\/plan\.md\)/);
      await run(planDone, { cost: '38.2K', checkpoint: 'abc' });
      await run(planNext, { begin: true });
      await run(planDone, { red: true });
      assert.equal(
        readFileSync(file, 'utf8'),
        [
          '# Plan: Round trip',
          '',
          '- [x] parser',
          '  - Status: done',
          '  - Cost: 38.2K tokens',
          '  - Checkpoint: abc',
          '- [ ] writer',
          '  - Status: red',
          '',
        ].join('\n'),
      );
      const { json } = await run(planShow, {});
      assert.equal((json as { next: number }).next, 2);
    });

    it('refuses what it cannot do, with a reason', async () => {
      const refused = (reason: string) => (error: unknown) => error instanceof CommandError && error.reason === reason;
      await assert.rejects(run(planShow, {}), refused('no-plan'));
      await assert.rejects(run(planDone, {}, '1'), refused('no-plan'));
      assert.deepEqual(readdirSync(top), ['.git']);
      await run(planNew, {}, 'Empty');
      await assert.rejects(run(planNext, {}), refused('nothing-left'));
      await assert.rejects(run(planNext, {}), /This plan has no chunks yet\./);
      await assert.rejects(run(planDone, {}), refused('no-such-chunk'));
      await assert.rejects(run(planDone, {}, '3'), refused('no-such-chunk'));
      await assert.rejects(run(planDone, { cost: 'much' }, '1'), UsageError);
      await assert.rejects(run(planNew, {}), UsageError);
    });
  });
});
