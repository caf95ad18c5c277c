import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Fact, TranscriptSource } from '../../../src/agents/agent.ts';
import { transcriptSources } from '../../../src/agents/transcriptSources.ts';
import type { UsageSnapshot } from '../../../src/protocol/usage.ts';
import type { Response } from '../../../src/usage/ledgerEntry.ts';
import { UsageScan } from '../../../src/usage/scan.ts';
import type { UnreadTranscript } from '../../../src/usage/scanOptions.ts';
import { agentSamples, placeSample, type AgentSample } from '../../support/agentSamples.ts';
import { nodeWithSqlite, runWithSqlite } from '../../support/nodeWithSqlite.ts';

interface Seen extends UsageSnapshot {
  readonly responses: readonly Response[];
  readonly unread: readonly UnreadTranscript[];
}

const sqliteNode = nodeWithSqlite();
const platforms: readonly NodeJS.Platform[] = ['linux', 'darwin', 'win32'];

describe('the transcript sources', () => {
  it('each have a sample', () =>
    assert.deepEqual(
      transcriptSources.map(({ agent }) => agent),
      agentSamples.map(({ agent }) => agent),
    ));
});

for (const source of transcriptSources) {
  const sample = agentSamples.find(({ agent }) => agent === source.agent);
  if (sample !== undefined) describe(`the transcript source of ${source.agent}`, () => contract(source, sample));
}

/** What every source has to keep; adding an agent means adding a sample, nothing here. */
function contract(source: TranscriptSource, sample: AgentSample): void {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'soft-landing-sources-'));
    placeSample(sample, home);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const surroundings = () => ({ home, env: {}, platform: process.platform });
  const newScan = () => new UsageScan({ sources: transcriptSources, surroundings: surroundings(), sinceMs: null });
  const filesOf = () =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  async function seen(): Promise<Seen> {
    if (sample.needsSqlite && sqliteNode !== null) return runWithSqlite(sqliteNode, 'usageTotals.ts', home) as Seen;
    const scan = newScan();
    await scan.sweep();
    return { ...scan.snapshot(), responses: [...scan.ledger.responses()], unread: scan.unread() };
  }
  function checkTotals({ sessions }: UsageSnapshot): void {
    const all = sessions.map(({ sessionId, responses, tokens }) => {
      const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = tokens;
      return [sessionId, [responses, input, output, cacheWrite5m + cacheWrite1h, cacheRead]] as const;
    });
    const wanted = Object.entries(sample.sessions);
    const found = new Map(all);
    assert.deepEqual(
      wanted.map(([session]) => [session, found.get(session)]),
      wanted,
    );
  }

  it('looks below the home only, on every platform', () => {
    for (const platform of platforms) {
      const place = platform === 'win32' ? 'C:\\Users\\dev' : '/home/dev';
      for (const { path, account } of source.roots({ home: place, env: {}, platform })) {
        assert.ok(path.startsWith(place) && account.startsWith(place), path);
      }
    }
  });

  it('finds the agent’s files, and no one else’s', () => {
    const roots = source.roots(surroundings()).map(({ path }) => path);
    for (const path of filesOf()) {
      const root = roots.find((each) => !relative(each, path).startsWith('..'));
      const match = source.match(path);
      if (match === null) continue;
      assert.ok(root !== undefined, path);
      assert.notEqual(source.sessionKey(relative(root, path)), '');
      for (const other of transcriptSources) {
        if (other === source) continue;
        const isBelow = other.roots(surroundings()).some((each) => !relative(each.path, path).startsWith('..'));
        assert.ok(!isBelow, `${path} is also looked at for ${other.agent}`);
      }
    }
    for (const name of ['settings.json', 'config.toml', 'logs.json', 'x.jsonl.tmp', '.DS_Store']) {
      assert.equal(source.match(join(home, 'x', name)), null, name);
    }
  });

  if (!sample.needsSqlite || sqliteNode !== null) {
    it('counts what the APIs served, session by session', async () => {
      const usage = await seen();
      checkTotals(usage);
      assert.equal(usage.scanned.skipped, 0);
      assert.deepEqual([...new Set(usage.responses.map(({ agent }) => agent))], [source.agent]);
      for (const cwd of sample.cwds)
        assert.ok(
          usage.sessions.some((session) => session.cwd === cwd),
          cwd,
        );
      for (const model of sample.models)
        assert.ok(
          usage.responses.some((each) => each.model === model),
          model,
        );
    });

    it('leaves the agent’s folders as they were', async () => {
      const before = filesOf().map((path) => [path, statSync(path).size, statSync(path).mtimeMs]);
      await seen();
      assert.deepEqual(
        filesOf().map((path) => [path, statSync(path).size, statSync(path).mtimeMs]),
        before,
      );
    });
  }

  if (sample.needsSqlite) {
    it('says what it needs where Node has no SQLite', async () => {
      if (sqliteNode === process.execPath) return;
      const scan = newScan();
      await scan.sweep();
      assert.equal(scan.counts().skipped, 1);
      assert.match(scan.unread()[0]?.problem ?? '', /^needs Node 22\.5 or later/);
    });
    return;
  }

  it('tells nothing new when all is read again, moved or copied', async () => {
    const scan = newScan();
    await scan.sweep();
    for (const path of filesOf().filter((each) => source.match(each) !== null)) {
      cpSync(path, path.replace(/(\.\w+)$/, '-copy$1'));
    }
    assert.equal((await scan.sweep()).changed, false);
    checkTotals(scan.snapshot());
  });

  it('reads on where it stopped, in pieces of any length', async () => {
    const whole = filesOf().map((path) => [path, readFileSync(path)] as const);
    for (const size of [997, 4099]) {
      for (const [path] of whole) rmSync(path);
      const scan = newScan();
      for (let at = 0; whole.some(([, bytes]) => at < bytes.length); at += size) {
        for (const [path, bytes] of whole) {
          const isLines = source.match(path)?.format.kind !== 'document';
          if (at > 0 && !isLines) continue;
          mkdirSync(dirname(path), { recursive: true });
          appendFileSync(path, isLines ? bytes.subarray(at, at + size) : bytes);
        }
        await scan.sweep();
      }
      checkTotals(scan.snapshot());
      assert.equal(scan.counts().skipped, 0);
    }
  });

  it('keeps a small state that survives being written down', () => {
    for (const path of filesOf()) {
      const match = source.match(path);
      if (match?.format.kind !== 'lines') continue;
      const { format } = match;
      const lines = readFileSync(path, 'utf8').split('\n');
      const parser = format.open('key', null);
      let saved: unknown = null;
      for (const line of lines) {
        const again = format.open('key', saved === null ? null : (JSON.parse(JSON.stringify(saved)) as unknown));
        assert.deepEqual(again.parse(line), parser.parse(line));
        assert.deepEqual(again.state, parser.state);
        saved = parser.state;
        assert.ok(JSON.stringify(saved).length < 2000);
      }
      // A state of another version, or a broken one, is a beginning.
      for (const strange of [7, 'x', [], { version: 9 }, { thread: 7 }]) {
        const begun = lines.flatMap((line) => told(format.open('key', null).parse(line)));
        assert.deepEqual(
          lines.flatMap((line) => told(format.open('key', strange).parse(line))),
          begun,
        );
      }
    }
  });

  it('passes over every broken line, and counts it where it would have told something', async () => {
    let broken = 0;
    for (const path of filesOf()) {
      const format = source.match(path)?.format;
      if (format?.kind !== 'lines') continue;
      const text = readFileSync(path, 'utf8');
      const telling = text.split('\n').filter((line) => told(format.open('key', null).parse(line)).length > 0);
      // Torn, binary, of another shape; each row's line breaks Windows' and a byte order mark before the first.
      const torn = telling.slice(0, 3).map((line) => line.slice(0, -5));
      broken += torn.length;
      const nonsense = format.markers.map((marker) => `{"x":[${/^"[^":]*"$/.test(marker) ? marker : '1'}]}`);
      const junk = Buffer.concat([
        Buffer.from([0xff, 0xfe, 0, 10]),
        Buffer.from(['', ...torn, ...nonsense, ''].join('\n')),
      ]);
      writeFileSync(path, Buffer.concat([Buffer.from(`\ufeff${text.trimEnd().replaceAll('\n', '\r\n')}\r\n`), junk]));
    }
    const scan = newScan();
    await scan.sweep();
    checkTotals(scan.snapshot());
    assert.equal(scan.counts().skipped, broken);
  });
}

function told(what: readonly Fact[] | 'bad'): readonly Fact[] {
  return what === 'bad' ? [] : what;
}
