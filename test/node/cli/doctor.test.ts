import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { agentSamples, placeSample } from '../../support/agentSamples.ts';
import { makeRepository, type Repository } from '../../support/repository.ts';
import { hookPath, softLanding, softLandingJson } from '../../support/softLanding.ts';
import { makeUnwritable } from '../../support/unwritable.ts';

interface Report {
  readonly findings: readonly { area: string; level: string; title: string; detail: string; fix: string | null }[];
  readonly sources: readonly {
    agent: string;
    root: string;
    state: string;
    files: number;
    rows: number;
    skipped: readonly { reason: string; count: number; example: string }[];
    newestAgeSeconds: number | null;
  }[];
  readonly ok: boolean;
}

describe('soft-landing doctor', () => {
  let outer = '';
  let repository: Repository | null = null;
  beforeEach(() => {
    outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-doctor-')));
    for (const name of ['home', 'work']) mkdirSync(join(outer, name));
  });
  afterEach(() => {
    rmSync(outer, { recursive: true, force: true });
    repository?.remove();
    repository = null;
  });

  const surroundings = (more: Readonly<Record<string, string>> = {}) => ({
    cwd: repository?.dir ?? join(outer, 'work'),
    env: {
      PATH: process.env['PATH'],
      HOME: join(outer, 'home'),
      SOFT_LANDING_HOME: join(outer, 'state'),
      ...more,
    },
  });
  const doctor = (more?: Readonly<Record<string, string>>) =>
    softLandingJson<Report>({ args: ['doctor'], ...surroundings(more) });
  const run = (...args: string[]) => softLanding({ args, ...surroundings() });
  const problems = ({ findings }: Report) =>
    findings.filter(({ level }) => level === 'problem').map(({ title }) => title);
  const put = (file: string, content: string | Uint8Array): string => {
    const full = join(outer, file);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    return full;
  };
  const settings = () => join(outer, 'home', '.claude', 'settings.json');

  it('works where there is nothing, and makes nothing', async () => {
    const report = await doctor();
    assert.deepEqual([report.ok, problems(report)], [true, []]);
    assert.deepEqual(
      report.findings.filter(({ level }) => level === 'note').map(({ title }) => title),
      ['No files of any agent were found', 'No limit is known', 'No hooks are installed', 'No checkpoints here'],
    );
    assert.deepEqual(readdirSync(join(outer, 'home')), []);
    assert.deepEqual(readdirSync(outer).sort(), ['home', 'work']);
  });

  it('works without a git on the PATH', async () => {
    const report = await doctor({ PATH: join(outer, 'nothing') });
    assert.deepEqual(problems(report), ['git cannot be used']);
  });

  it('names each source, its rows and its age, and what was passed over', async () => {
    for (const sample of agentSamples) if (!sample.needsSqlite) placeSample(sample, join(outer, 'home'));
    const torn = put('home/.claude/projects/-x/torn.jsonl', '{"type":"assistant","message":{"usage":{\n');
    const report = await doctor();
    const claude = report.sources.find(({ root }) => root.endsWith('.claude/projects')) ?? assert.fail();
    assert.deepEqual(claude.skipped, [{ reason: 'broken rows', count: 1, example: torn }]);
    assert.ok(claude.rows > 20 && claude.files === 9 && (claude.newestAgeSeconds ?? -1) >= 0, JSON.stringify(claude));
    for (const agent of ['codex', 'gemini']) {
      const rows = report.sources.filter((each) => each.agent === agent).map((each) => each.rows);
      assert.ok(Math.max(...rows) > 0, agent);
    }
  });

  it('calls a source that cannot be looked into a problem', async () => {
    put('home/.claude/projects', 'a file');
    assert.deepEqual(problems(await doctor()), [`claude: ${join(outer, 'home/.claude/projects')}`]);
  });

  it('sees hooks that work, run, fail and break', async () => {
    repository = makeRepository({ files: { 'a.txt': '1\n' } });
    await run('install', 'claude');
    assert.deepEqual(problems(await doctor()), []);
    const launcher = join(outer, 'state', 'bin', 'soft-landing-hook');

    put('state/log/events.jsonl', `${event('checkpoint.created', -60_000)}torn\n`);
    const titles = (await doctor()).findings.map(({ title }) => title);
    assert.ok(titles.includes('A hook ran 1 min ago'), titles.join('\n'));
    put('state/log/events.jsonl', `${event('checkpoint.created', -60_000)}${event('checkpoint.missing', -1000)}`);
    assert.deepEqual(problems(await doctor()), ['The last hook did not save']);
    rmSync(join(outer, 'state', 'log'), { recursive: true });

    const text = readFileSync(launcher, 'utf8');
    writeFileSync(launcher, text.replaceAll(hookPath, join(outer, 'gone.cjs')));
    assert.deepEqual(problems(await doctor()), ["The hooks' program is gone"]);
    writeFileSync(launcher, 'exit 0\n');
    assert.deepEqual(problems(await doctor()), ["The hooks' launcher was changed"]);
    writeFileSync(launcher, text);
    chmodSync(launcher, 0o600);
    assert.deepEqual(problems(await doctor()), ["The hooks' launcher may not be run"]);
    rmSync(launcher);
    assert.deepEqual(problems(await doctor()), ["The hooks' launcher is missing"]);
    await run('install', 'claude');
    assert.deepEqual(problems(await doctor()), []);
    writeFileSync(settings(), readFileSync(settings(), 'utf8').slice(0, -3));
    assert.deepEqual(problems(await doctor()), ["Claude Code's settings cannot be read (user)"]);
  });

  it('looks at the hooks of other folders too', async () => {
    const other = join(outer, 'other');
    mkdirSync(other);
    await run('install', 'claude', '--scope', 'project', '--repo', other);
    const found = (await doctor()).findings.find(({ title }) => title === "Claude Code's hooks are installed");
    assert.match(found?.detail ?? '', /other\/\.claude\/settings\.json/);
  });

  it('counts checkpoints, and finds refs without objects and what was left behind', async () => {
    repository = makeRepository({ files: { 'a.txt': '1\n' } });
    for (const text of ['2', '3']) {
      writeFileSync(join(repository.dir, 'a.txt'), text);
      await run('checkpoint', 'create');
    }
    const healthy = await doctor();
    const found = healthy.findings.find(({ area }) => area === 'checkpoints');
    assert.deepEqual([healthy.ok, found?.title], [true, `2 checkpoints of ${repository.dir}`]);

    const refs = repository.git('for-each-ref', '--format=%(objectname) %(refname)', 'refs/soft-landing').split('\n');
    const [oid = ''] = (refs.find((line) => line.endsWith('/w')) ?? assert.fail()).split(' ');
    rmSync(join(repository.dir, '.git', 'objects', oid.slice(0, 2), oid.slice(2)), { force: true });
    writeFileSync(join(repository.dir, '.git', 'index.lock'), 'soft-landing restore 999999999 elsewhere\n');
    writeFileSync(join(repository.dir, '.git', 'soft-landing', 'restore.json'), '{"v":1,"pid":999999999}');
    const broken = await doctor();
    assert.deepEqual(problems(broken), ['1 ref of checkpoints name objects that are gone']);
    assert.ok(broken.findings.some(({ title }) => title === 'Something was interrupted'));
  });

  it('changes nothing, not even times, of what it looks at', async () => {
    repository = makeRepository({ files: { 'a.txt': '1\n' } });
    await run('install', 'claude');
    await run('checkpoint', 'create');
    for (const sample of agentSamples) placeSample(sample, join(outer, 'home'));
    const before = [stamp(outer), stamp(repository.dir)];
    await doctor();
    assert.deepEqual([stamp(outer), stamp(repository.dir)], before);
  });

  it('works on a damaged state folder', async () => {
    put('state/sessions/a.json', '{"v":1,');
    put('state/installs/b.json', Buffer.from([0xff, 0, 1]));
    put('state/preferences.json', '{"v":1');
    put('state/log/events.jsonl', Buffer.from([0xff, 0x0a, 0x7b, 0x0a]));
    const report = await doctor();
    assert.deepEqual(problems(report), []);
    assert.ok(report.findings.some(({ title }) => title === '3 damaged files of ours'));
    rmSync(join(outer, 'state'), { recursive: true });
    put('state', 'a file');
    assert.deepEqual(problems(await doctor()), ['The state folder is not a folder']);
  });

  it('says when the state folder cannot be written', async () => {
    const folder = join(outer, 'state');
    mkdirSync(folder, { mode: 0o700 });
    const end = makeUnwritable(folder);
    try {
      assert.deepEqual(problems(await doctor()), ['The state folder cannot be written']);
    } finally {
      end();
    }
  });

  it('ends with 0 because it did its work, with 1 only where a script asks for that', async () => {
    put('home/.claude/settings.json', '{');
    const plain = await run('doctor');
    assert.deepEqual([plain.exitCode, plain.stderr], [0, '']);
    assert.equal((await run('doctor', '--strict')).exitCode, 1);
    assert.equal((await run('doctor', 'me')).exitCode, 2);
    assert.ok(!plain.stdout.includes('\u001b'));
    assert.match(plain.stdout, /^Hooks\n {2}problem {2}Claude Code's settings cannot be read \(user\)\n {11}/m);
    assert.match(plain.stdout, /\n {11}Fix: Mend .*\n[^]*\n1 problem found\.\n$/);
  });
});

function event(name: string, ago: number): string {
  const fields = { agent: 'claude', kind: 'tool', reason: 'disk-full', message: 'The disk is full.' };
  return `${JSON.stringify({ at: new Date(Date.now() + ago - 500).toISOString(), event: name, ...fields })}\n`;
}

/** Names, times and contents of everything below a folder. */
function stamp(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const file = join(folder, name);
      const info = lstatSync(file);
      const hash = info.isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : '';
      return `${name} ${info.mode} ${info.mtimeMs} ${hash}`;
    });
}
