import assert from 'node:assert/strict';
import fc from 'fast-check';
import { detectVerifyCommands, toldBy, type ProjectFiles } from '../../../src/checkpoints/verify/detectCommands.ts';

describe('verify commands found in a project', () => {
  const found = (files: ProjectFiles): string[] => detectVerifyCommands(files).map(({ command }) => command);
  const manifest = (scripts: object, more: object = {}): string => JSON.stringify({ scripts, ...more });
  const tested = manifest({ test: 'mocha', build: 'x', check: 'tsc' });

  it('are the scripts of package.json, by the package manager whose lock file is there', () => {
    assert.deepEqual(found({ 'package.json': tested }), ['npm test', 'npm run check']);
    assert.deepEqual(found({ 'package.json': tested, 'package-lock.json': '' }), ['npm test', 'npm run check']);
    assert.deepEqual(found({ 'package.json': tested, 'pnpm-lock.yaml': '' }), ['pnpm test', 'pnpm check']);
    assert.deepEqual(found({ 'package.json': tested, 'yarn.lock': '' }), ['yarn test', 'yarn check']);
    assert.deepEqual(found({ 'package.json': tested, 'bun.lock': '' }), ['bun run test', 'bun run check']);
    const named = manifest({ test: 'x' }, { packageManager: 'pnpm@9.1.0+sha512.abc' });
    assert.deepEqual(found({ 'package.json': named, 'yarn.lock': '' }), ['pnpm test']);
  });

  it('are none in a package.json without tests, or in a broken one', () => {
    const placeholder = 'echo "Error: no test specified" && exit 1';
    const useless = [
      '{',
      '[]',
      'null',
      '{"scripts":5}',
      '{"scripts":{"test":7}}',
      manifest({ test: placeholder }),
      '\uFEFF{}',
    ];
    for (const text of useless) assert.deepEqual(found({ 'package.json': text }), [], text);
    assert.deepEqual(found({ 'package.json': `\uFEFF${manifest({ test: 'x' })}` }), ['npm test']);
  });

  it('are the targets of a Makefile, of the one that make reads', () => {
    assert.deepEqual(found({ Makefile: '.PHONY: test\nall: build\ntest: all\n\tgo\n' }), ['make test']);
    assert.deepEqual(found({ Makefile: 'lint test:\n\tx\ncheck::\n\ty\n' }), ['make test', 'make check']);
    const none = ['.PHONY: test\n', 'test := 1\n', 'test-all:\n', '\ttest: x\n', '# test:\n', 'test = a:b\n'];
    for (const text of none) assert.deepEqual(found({ Makefile: text }), [], text);
    assert.deepEqual(found({ GNUmakefile: 'x:\n', Makefile: 'test:\n' }), []);
  });

  it('are pytest and tox, run by who manages the environment', () => {
    const project = '[project]\nname = "x"\n[tool.pytest.ini_options]\naddopts = "-q"\n';
    assert.deepEqual(found({ 'pyproject.toml': project }), ['python -m pytest']);
    assert.deepEqual(found({ 'pyproject.toml': project, 'uv.lock': '' }), ['uv run pytest']);
    assert.deepEqual(found({ 'pyproject.toml': `${project}[tool.poetry]\n` }), ['poetry run pytest']);
    assert.deepEqual(found({ 'pyproject.toml': '[dependency-groups]\ndev = ["pytest>=8"]\n' }), ['python -m pytest']);
    assert.deepEqual(found({ 'pyproject.toml': '[project]\nname = "pytester"\n' }), []);
    assert.deepEqual(found({ 'tox.ini': '[tox]\nenvlist = py3\n[pytest]\n' }), ['python -m pytest', 'tox']);
    assert.deepEqual(found({ 'setup.cfg': '[tool:pytest]\n' }), ['python -m pytest']);
    assert.deepEqual(found({ 'conftest.py': '' }), ['python -m pytest']);
  });

  it('are those of Cargo and Go, and of several kinds in one folder', () => {
    assert.deepEqual(found({ 'Cargo.toml': '[package]\n' }), ['cargo test']);
    assert.deepEqual(found({ 'Cargo.toml': '[workspace]\nmembers = []\n' }), ['cargo test --workspace']);
    assert.deepEqual(found({ 'go.mod': 'module x\n' }), ['go test ./...']);
    assert.deepEqual(found({ 'go.mod': '', Makefile: 'test:\n' }), ['make test', 'go test ./...']);
    assert.deepEqual(found({}), []);
  });

  it('are found in bounded time, whatever the files hold', () => {
    const long = {
      Makefile: 'a '.repeat(100_000),
      'pyproject.toml': `${' '.repeat(100_000)}x`,
      'setup.cfg': '"'.repeat(100_000),
    };
    const started = performance.now();
    detectVerifyCommands(long);
    assert.ok(performance.now() - started < 5000);
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...toldBy), fc.string()), (files) => {
        detectVerifyCommands(files);
      }),
    );
  });
});
