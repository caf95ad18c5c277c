import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoFiles } from '../../scripts/demo/demoFiles.ts';
import { makeDemoRepository, playDemoFlight, type DemoFlight } from '../../scripts/demoFlight.ts';
import { newTokens } from '../../src/protocol/usage.ts';
import { gitEnvironment } from '../support/repository.ts';
import {
  cliPath,
  hookPath,
  softLandingJson,
  type CheckpointList,
  type CliRun,
  type UsageReport,
} from '../support/softLanding.ts';

describe('demo flight', function () {
  this.timeout(60_000);
  let outer: string;
  let repo: string;
  let flight: DemoFlight;
  let lines: string[];

  beforeEach(async () => {
    outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-demo-')));
    repo = join(outer, 'harbour board');
    lines = [];
    flight = {
      repo,
      home: join(outer, 'home'),
      stateFolder: join(outer, 'state'),
      hook: hookPath,
      cli: cliPath,
      signal: new AbortController().signal,
      log: (line) => lines.push(line),
      stepMilliseconds: 0,
    };
    await makeDemoRepository(repo);
  });

  afterEach(() => {
    rmSync(outer, { recursive: true, force: true, maxRetries: 5 });
  });

  const ours = (...args: string[]): CliRun => ({
    args: [...args, '--repo', repo, '--home', flight.home],
    cwd: repo,
    env: {
      ...gitEnvironment(),
      CLAUDE_CONFIG_DIR: undefined,
      HOME: flight.home,
      SOFT_LANDING_HOME: flight.stateFolder,
    },
  });
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: repo, env: gitEnvironment(), encoding: 'utf8' });
  const board = (): string => readFileSync(join(repo, 'src', 'board.js'), 'utf8');

  it('makes a repository with one commit, whose own tests pass', () => {
    assert.equal(git('status', '--porcelain'), '');
    assert.equal(git('rev-list', '--count', 'HEAD').trim(), '1');
    assert.deepEqual(git('ls-files').trim().split('\n').toSorted(), Object.keys(demoFiles).toSorted());
    execFileSync(process.execPath, ['--test'], { cwd: repo, stdio: 'pipe' });
  });

  it('shows tokens that climb into the reserve, checkpoints, and an edit taken back', async () => {
    await playDemoFlight(flight);

    const { totals } = await softLandingJson<UsageReport>(ours('usage'));
    assert.equal(totals.responses, 9);
    assert.ok(newTokens(totals) > 84_000 && newTokens(totals) < 88_000, `${newTokens(totals)} tokens`);

    const { checkpoints } = await softLandingJson<CheckpointList>(ours('checkpoint', 'list'));
    assert.ok(checkpoints.length >= 6, `${checkpoints.length} checkpoints`);
    assert.ok(checkpoints.some(({ label }) => label.includes('Sort the board by arrival')));

    // The first prompt's work is there and works; the edit of the second is gone.
    assert.match(board(), /of inOrder\) /);
    assert.match(readFileSync(join(repo, 'example.txt'), 'utf8'), /Blue Heron {6}09:05 {2}20 min late/);
    execFileSync(process.execPath, ['--test'], { cwd: repo, stdio: 'pipe' });
    await softLandingJson(ours('checkpoint', 'undo'));
    assert.match(board(), /slice\(0, 2\)/);

    assert.equal(git('rev-list', '--count', '--all').trim(), '1');
    assert.match(lines[0] ?? '', /scripted/);
    assert.match(lines.at(-1) ?? '', /Undo/);
  });

  it('writes its transcript as private as Claude Code does', async () => {
    await playDemoFlight(flight);
    const projects = join(flight.home, '.claude', 'projects');
    const [transcript, ...others] = readdirSync(projects, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.jsonl'),
    );
    assert.ok(transcript);
    assert.deepEqual(others, []);
    if (process.platform !== 'win32') assert.equal(statSync(join(projects, transcript)).mode & 0o777, 0o600);
  });

  it('stops at once when told to', async () => {
    const stop = new AbortController();
    const started = performance.now();
    const flown = playDemoFlight({ ...flight, stepMilliseconds: 60_000, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await flown;
    assert.ok(performance.now() - started < 3000);
    assert.equal(git('status', '--porcelain'), '');
  });
});
