import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cliPath } from '../../support/softLanding.ts';
import { failure, useLabs, value, type Lab } from './lab.ts';

describe('bytes that git would not give back, while they are written', function () {
  this.timeout(60_000);
  const make = useLabs();

  /** Two files that git writes and one whose line ends alone are to change; `agent` is the state to come back to. */
  async function prepared(): Promise<{ lab: Lab; id: string; human: ReturnType<Lab['files']> }> {
    const lab = make({ '.gitattributes': '* text=auto\n' });
    for (const path of ['a.txt', 'b.txt', 'ends.txt']) lab.write(path, `human ${path}\r\n`);
    const human = lab.files();
    const { id } = await lab.create();
    for (const path of ['a.txt', 'b.txt']) lab.write(path, `agent ${path}\r\nmixed\n`);
    lab.write('ends.txt', 'human ends.txt\n');
    lab.git('add', 'b.txt');
    return { lab, id, human };
  }

  it('a file that is edited just then stays, and all others are as before', async () => {
    for (const edited of ['a.txt', 'ends.txt']) {
      const { lab, id } = await prepared();
      const before = lab.state();
      const checkpoints = await lab.open();
      const edit = `case " $* " in *" read-tree -m -u "*) $real "$@"; code=$?; printf 'person\\r\\n' > ${edited}; exit $code;; esac`;
      const refused = await lab.withGit(`${edit}; exec $real "$@"`, () => checkpoints.restore(id));
      assert.equal(failure(refused).reason, 'changed-meanwhile');
      assert.deepEqual(lab.state(), { ...before, files: { ...before.files, [edited]: 'file person\r\n' } });
      assert.equal(failure(await checkpoints.undo()).reason, 'nothing-to-undo');
    }
  });

  it('a failure half-way is rolled back to the byte', async () => {
    // The first call that an overlay makes, and the last one, when all files are written.
    for (const call of ['ls-files -s --debug', 'update-index -z --stdin']) {
      const { lab, id } = await prepared();
      const before = lab.state();
      const checkpoints = await lab.open();
      const fail = `case " $* " in *" read-tree -m -u "*) touch ../applied;; *" ${call} "*) [ -e ../applied ] && rm ../applied && touch ../failed && exit 1;; esac`;
      const refused = await lab.withGit(`${fail}; exec $real "$@"`, () => checkpoints.restore(id));
      assert.equal(failure(refused).reason, 'failed');
      assert.ok(existsSync(join(lab.outer, 'failed')), call);
      assert.deepEqual(lab.state(), before, call);
    }
  });

  it('a kill at any of its steps leaves what undo takes back to the byte', async () => {
    assert.ok(existsSync(cliPath), 'dist/cli.cjs is missing: run `npm run build` first.');
    for (const call of ['ls-files -s --debug', 'cat-file --batch=', 'update-index -z --stdin']) {
      const { lab, id, human } = await prepared();
      const before = lab.state();
      const marker = join(lab.outer, 'stopped');
      execFileSync('mkfifo', [marker]);
      const stop = `case " $* " in *" read-tree -m -u "*) touch ../applied;; *" ${call}"*) [ -e ../applied ] && echo $$ > ../stopped && exec sleep 60;; esac`;
      await lab.withGit(`${stop}; exec $real "$@"`, async () => {
        const args = [cliPath, 'checkpoint', 'restore', id, '--repo', lab.dir];
        const child = spawn(process.execPath, args, { stdio: 'ignore' });
        const ended = once(child, 'exit');
        const git = Number(await readFile(marker, 'utf8'));
        child.kill('SIGKILL');
        process.kill(git, 'SIGKILL');
        await ended;
      });
      const half = lab.files();
      for (const [path, was] of Object.entries(half)) {
        const isKnown = [human[path], before.files[path], human[path]?.replaceAll('\r\n', '\n')].includes(was);
        assert.ok(isKnown, `${path} is neither as it was nor as it was to be`);
      }
      assert.notDeepEqual(half, before.files);
      const checkpoints = await lab.open();
      assert.deepEqual(value(await checkpoints.recover()).cutOffReset, true);
      value(await checkpoints.undo());
      assert.deepEqual(lab.state(), before, call);
      const left = Object.keys(lab.at(join(lab.dir, '.git', 'soft-landing')).files());
      assert.deepEqual(
        left.filter((path) => /raw|index|restore/.test(path)),
        [],
      );
    }
  });
});
