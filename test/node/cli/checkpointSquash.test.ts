import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { checkpointCreate } from '../../../src/cli/checkpoint.ts';
import { checkpointMode } from '../../../src/cli/checkpointMode.ts';
import { checkpointSquash } from '../../../src/cli/checkpointSquash.ts';
import { UsageError, type Command, type OptionValues } from '../../../src/cli/command.ts';
import { useLabs, type Lab } from '../checkpoints/lab.ts';

describe('the commands of commit mode', () => {
  const make = useLabs();

  async function run(lab: Lab, command: Command, values: OptionValues = {}, ...positionals: string[]) {
    const context = {
      surroundings: { home: lab.outer, env: {}, platform: process.platform },
      stateFolder: join(lab.outer, 'state'),
      repoDir: lab.dir,
      programDir: lab.outer,
      now: Date.now,
      stdin: Readable.from([]),
    };
    const { json, text } = await command.run(context, values, positionals);
    return { json: json as Readonly<Record<string, unknown>>, text: stripVTControlCharacters(text) };
  }

  it('checkpoint mode shows and sets it', async () => {
    const lab = make({ 'a.txt': '1\n' });
    assert.deepEqual((await run(lab, checkpointMode)).json, { mode: 'hidden' });
    assert.match((await run(lab, checkpointMode, {}, 'commit')).text, /^commit: /);
    assert.deepEqual((await run(lab, checkpointMode)).json, { mode: 'commit' });
    assert.deepEqual((await run(lab, checkpointMode, {}, 'hidden')).json, { mode: 'hidden' });
    await assert.rejects(run(lab, checkpointMode, {}, 'Commit'), UsageError);
    await assert.rejects(run(lab, checkpointMode, {}, 'commit', 'hidden'), UsageError);
  });

  it('checkpoint create names commit and reason, and takes its label as a word', async () => {
    const lab = make({ 'a.txt': '1\n' });
    lab.write('a.txt', '2\n');
    const hidden = await run(lab, checkpointCreate, {}, 'my label');
    assert.deepEqual(
      [hidden.json['label'], hidden.json['commit'], hidden.json['commitSkipped']],
      ['my label', null, null],
    );
    await run(lab, checkpointMode, {}, 'commit');
    lab.write('a.txt', '3\n');
    const made = await run(lab, checkpointCreate, { label: 'other' });
    assert.equal(made.json['commit'], lab.git('rev-parse', 'HEAD').trim());
    assert.match(made.text, /^Committed to main as [0-9a-f]{10}\.$/m);
    lab.git('checkout', '-q', '--detach');
    lab.write('a.txt', '4\n');
    const refused = await run(lab, checkpointCreate, {}, '  ');
    assert.deepEqual(
      [refused.json['label'], refused.json['commit'], refused.json['commitSkipped']],
      ['Manual checkpoint', null, 'detached-head'],
    );
    assert.match(refused.text, /^Not committed: HEAD is detached: /m);
    await assert.rejects(run(lab, checkpointCreate, { label: 'a' }, 'b'), UsageError);
    await assert.rejects(run(lab, checkpointCreate, {}, 'a', 'b'), UsageError);
  });

  it('checkpoint squash shows what it would fold, folds it, and says how to go back', async () => {
    const lab = make({ 'a.txt': '1\n' });
    await run(lab, checkpointMode, {}, 'commit');
    await assert.rejects(run(lab, checkpointSquash), { reason: 'nothing-to-squash' });
    for (const content of ['2', '3']) {
      lab.write('a.txt', content);
      await run(lab, checkpointCreate, {}, `label ${content}`);
    }
    const tip = lab.git('rev-parse', 'HEAD').trim();
    const dry = await run(lab, checkpointSquash, { 'dry-run': true, message: 'one' });
    assert.match(
      dry.text,
      /^2 checkpoint commits of main would become one\. Nothing was changed\.\n {2}[0-9a-f]{10} {2}Checkpoint: label 3\n {2}/,
    );
    assert.equal(lab.git('rev-parse', 'HEAD').trim(), tip);
    const done = await run(lab, checkpointSquash, { message: 'one' });
    assert.deepEqual(Object.keys(done.json), [...Object.keys(dry.json)]);
    assert.deepEqual([done.json['oldTip'], done.json['message']], [tip, 'one\n']);
    assert.match(done.text, new RegExp(`The old tip was ${tip}; back to it with: .* restore \\S+ --move-head$`));
    assert.equal(lab.git('log', '--format=%s'), 'one\nfirst\n');
    await assert.rejects(run(lab, checkpointSquash, {}, 'message'), UsageError);
  });
});
