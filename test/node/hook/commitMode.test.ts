import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gitEnvironment, makeRepository, type Repository } from '../../support/repository.ts';
import { hookPath, softLanding } from '../../support/softLanding.ts';

describe('hook.cjs and commit mode', () => {
  let repository: Repository;
  let env: NodeJS.ProcessEnv;
  let programs: string;
  beforeEach(() => {
    repository = makeRepository({ files: { 'a.txt': 'a1\n' } });
    env = { ...gitEnvironment(), HOME: repository.outer, SOFT_LANDING_HOME: join(repository.outer, 'state') };
    programs = join(repository.outer, 'programs');
    mkdirSync(programs);
    for (const name of ['hook.cjs', 'onDemand.cjs']) copyFileSync(join(dirname(hookPath), name), join(programs, name));
  });
  afterEach(() => repository.remove());

  function hook(text: string): void {
    const input = JSON.stringify({
      session_id: 's1',
      cwd: repository.dir,
      transcript_path: '/t.jsonl',
      hook_event_name: 'UserPromptSubmit',
      prompt: text,
    });
    const run = spawnSync(process.execPath, [join(programs, 'hook.cjs'), 'claude'], {
      cwd: repository.dir,
      env,
      input,
    });
    assert.deepEqual([run.status, run.stdout.toString(), run.stderr.toString()], [0, '', '']);
  }

  const events = (): string => readFileSync(join(repository.outer, 'state', 'log', 'events.jsonl'), 'utf8').trim();
  const subjects = (): string[] => repository.git('log', '--format=%s').trim().split('\n');
  const checkpoints = (): number => repository.git('for-each-ref', 'refs/soft-landing/main/*/w').split('\n').length - 1;

  it('needs the library of commit mode only there, and keeps the checkpoint where it is missing', async () => {
    repository.write('a.txt', 'a2\n');
    hook('hidden');
    assert.deepEqual([checkpoints(), subjects()], [1, ['first']]);

    const mode = await softLanding({ args: ['checkpoint', 'mode', 'commit'], cwd: repository.dir, env });
    assert.equal(mode.exitCode, 0);
    repository.write('a.txt', 'a3\n');
    hook('without the library');
    assert.deepEqual([checkpoints(), subjects()], [2, ['first']]);
    assert.match(events(), /"checkpoint\.created".*"commitSkipped":"failed"\}$/m);

    copyFileSync(join(dirname(hookPath), 'commitMode.cjs'), join(programs, 'commitMode.cjs'));
    repository.write('a.txt', 'a4\n');
    hook('Add a login page\nwith tests');
    assert.deepEqual([checkpoints(), subjects()], [3, ['Checkpoint: Before Add a login page', 'first']]);
    assert.equal(repository.git('status', '--porcelain'), '');
    assert.match(events(), new RegExp(`"commit":"${repository.git('rev-parse', 'HEAD').trim()}"\\}$`, 'm'));
    hook('Go on');
    assert.deepEqual([checkpoints(), subjects().length], [3, 2]);
  });
});
