import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { areOnDisk } from '../../../src/checkpoints/capture/attributeFiles.ts';
import { convertibleFiles } from '../../../src/checkpoints/capture/conversion.ts';
import { surveyRepository } from '../../../src/checkpoints/capture/survey.ts';
import { openRepository } from '../../../src/checkpoints/git/repository.ts';
import { useLabs, type Lab } from './lab.ts';

const rule = '*.txt text=auto\n';

/** Every place from which git may have a rule for `in/deep/file.txt`. */
const places: Readonly<Record<string, (lab: Lab) => void>> = {
  'the top folder': (lab) => lab.write('.gitattributes', rule),
  'a folder on the way': (lab) => lab.write('in/.gitattributes', rule),
  'its own folder': (lab) => lab.write('in/deep/.gitattributes', rule),
  'the index alone, where the file is gone': (lab) => {
    lab.write('in/.gitattributes', rule);
    lab.git('add', '-A');
    rmSync(join(lab.dir, 'in', '.gitattributes'));
  },
  'the index alone, where the file is hidden': (lab) => {
    lab.write('in/.gitattributes', rule);
    lab.git('add', '-A');
    lab.git('update-index', '--skip-worktree', 'in/.gitattributes');
    rmSync(join(lab.dir, 'in', '.gitattributes'));
  },
  'the repository': (lab) => {
    mkdirSync(join(lab.dir, '.git', 'info'), { recursive: true });
    writeFileSync(join(lab.dir, '.git', 'info', 'attributes'), rule);
  },
  'the user’s settings': () => {
    mkdirSync(join(homedir(), '.config', 'git'), { recursive: true });
    writeFileSync(join(homedir(), '.config', 'git', 'attributes'), rule);
  },
  'where the configuration says': (lab) => {
    writeFileSync(join(lab.outer, 'rules'), rule);
    lab.git('config', 'core.attributesFile', join(lab.outer, 'rules'));
  },
};

describe('attributes of files that git may convert', function () {
  this.timeout(30_000);
  const make = useLabs();
  const file = 'in/deep/file.txt';

  /** What is found where git is asked only if need be, and what git itself says. */
  async function both(lab: Lab): Promise<readonly [found: boolean, truth: boolean]> {
    const repository = await openRepository(lab.dir);
    const { status, flags } = await surveyRepository(repository);
    const onDisk = areOnDisk(status, flags);
    const [found, truth] = [{ onDisk }, {}].map((options) => convertibleFiles(repository, [file], options));
    return [(await found)?.has(file) === true, (await truth)?.has(file) === true];
  }

  for (const [place, give] of Object.entries(places)) {
    it(`are found in ${place}`, async () => {
      const lab = make({ [file]: 'one\n', 'other/.gitattributes': rule });
      assert.deepEqual(await both(lab), [false, false]);
      give(lab);
      assert.deepEqual(await both(lab), [true, true]);
    });
  }

  it('do not matter where the configuration converts everything', async () => {
    const lab = make({ [file]: 'one\n' });
    assert.deepEqual(await both(lab), [false, false]);
    lab.git('config', 'core.autocrlf', 'true');
    assert.deepEqual(await both(lab), [true, true]);
    lab.git('config', 'core.autocrlf', 'false');
    assert.deepEqual(await both(lab), [false, false]);
  });
});
