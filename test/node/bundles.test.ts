import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { budgets, bundleNames } from '../support/budgets.ts';
// @ts-expect-error -- plain JavaScript
import { bundles } from '../../esbuild.config.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');

async function inputsOf(name: string): Promise<string[]> {
  const all = bundles as readonly (BuildOptions & { entryPoints: Record<string, string> })[];
  const options = all.find(({ entryPoints }) => name in entryPoints);
  assert.ok(options, name);
  const entryPoints = { [name]: options.entryPoints[name] ?? '' };
  const result = await build({ ...options, entryPoints, absWorkingDir: root, metafile: true, write: false });
  return Object.keys(result.metafile.inputs);
}

describe('bundles', () => {
  for (const [name, budget] of Object.entries(budgets)) {
    // The package is looked at where it is installed: test/ui/package.test.ts.
    if (name.endsWith('.vsix')) continue;
    it(`${name} is at most ${budget / 1000} KB`, () => {
      const { size } = statSync(path.join(root, 'dist', name));
      console.log(`      ${size} bytes`);
      assert.ok(size > 1000 && size <= budget, `${size} bytes`);
    });
  }

  it('the hook holds neither a tokenizer nor vscode nor the editor side', async () => {
    const inputs = await inputsOf('hook');
    assert.ok(inputs.includes('src/hook/main.ts'));
    assert.deepEqual(
      inputs.filter((file) => /tiktoken|tokenizer|src\/(vscode|webview|usage)\/|simple-git/.test(file)),
      [],
    );
    const text = readFileSync(path.join(root, 'dist', 'hook.cjs'), 'utf8');
    assert.equal(/require\(["']vscode["']\)/.test(text), false);
  });

  it('the tokenizer is in a bundle of its own, and the advice at a prompt holds none and no transcripts', async () => {
    for (const name of [
      'hook',
      'allCommands',
      'usageProgram',
      'editorSide',
      'promptAdvice',
      'estimateTask',
      'usageWorker',
    ]) {
      const inputs = await inputsOf(name);
      assert.deepEqual(
        inputs.filter((file) => /tiktoken|usage\/tokens\/worker/.test(file)),
        [],
        name,
      );
    }
    assert.ok((await inputsOf('tokenizer')).some((file) => file.includes('node_modules/js-tiktoken/')));
    const advice = await inputsOf('promptAdvice');
    assert.deepEqual(
      advice.filter((file) => /src\/(vscode|checkpoints|usage\/(?!readings\/windows))/.test(file)),
      [],
    );
  });

  it('simple-git is in a bundle of its own, which the programs load from beside themselves', async () => {
    for (const name of ['hook', 'allCommands', 'checkpoints', 'onDemand']) {
      const inputs = await inputsOf(name);
      assert.deepEqual(
        inputs.filter((file) => /simple-git|commitRitual/.test(file)),
        [],
      );
      const text = readFileSync(path.join(root, 'dist', `${name}.cjs`), 'utf8');
      assert.equal(text.split('require("./commitMode.cjs")').length - 1, name === 'onDemand' ? 1 : 0, name);
    }
    assert.ok((await inputsOf('commitMode')).some((file) => file.includes('node_modules/simple-git/')));
  });

  it('activation reads neither schemas nor what stands behind the commands, and no bundle copies the API of the editor', async () => {
    const inputs = await inputsOf('extension');
    assert.ok(inputs.includes('src/vscode/commands.ts'));
    assert.deepEqual(
      inputs.filter((file) => /valibot|src\/(?:vscode\/editorSide|budget|checkpoints|usage)/.test(file)),
      [],
    );
    for (const name of bundleNames()) {
      const text = readFileSync(path.join(root, 'dist', name), 'utf8');
      assert.equal(/[\w$]\(require\(["']vscode["']\)/.test(text), false, name);
    }
    const editorSide = readFileSync(path.join(root, 'dist', 'editorSide.cjs'), 'utf8');
    assert.ok(editorSide.includes('=require("vscode")'));
  });

  it('the editor side is read without the checkpoint engine', async () => {
    const text = readFileSync(path.join(root, 'dist', 'editorSide.cjs'), 'utf8');
    assert.equal(text.match(/require\("\.\/checkpoints\.cjs"\)/g)?.length, 1);
    // A word of a command that only the engine gives to git.
    assert.equal(text.includes('unpack-objects'), false);
    assert.ok(readFileSync(path.join(root, 'dist', 'checkpoints.cjs'), 'utf8').includes('unpack-objects'));
    assert.ok((await inputsOf('checkpoints')).includes('src/checkpoints/createCheckpoint.ts'));
  });

  it('no bundle talks to a network', () => {
    for (const name of bundleNames()) {
      const text = readFileSync(path.join(root, 'dist', name), 'utf8');
      const found =
        /require\(["'](?:node:)?(?:https?|net|tls|http2|dgram)["']\)|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon/.exec(
          text,
        );
      assert.equal(found, null, name);
    }
  });
});
