import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TranscriptWatcher, type WatchReport } from '../../../src/usage/transcriptWatcher.ts';

describe('the watcher of transcripts', () => {
  let home = '';
  let root = '';
  let reports: WatchReport[] = [];
  let watcher: TranscriptWatcher | null = null;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'soft-landing-watcher-'));
    root = join(home, 'projects');
    mkdirSync(root);
    reports = [];
  });
  afterEach(() => {
    watcher?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const watch = (roots: readonly string[], sweepMs = 60_000) =>
    (watcher = new TranscriptWatcher({
      roots,
      platform: process.platform,
      now: Date.now,
      transcriptOf: (path) => (path.endsWith('.jsonl') ? path : null),
      onReport: (report) => reports.push(report),
      debounceMs: 20,
      sweepMs,
    }));
  const folder = (path: string) => ({ path, depth: 0, inode: inodeOf(path), touchedAt: Date.now() });

  it('asks for one more sweep when it begins to watch, and for none after that', async () => {
    const started = watch([root]);
    started.follow([folder(root)]);
    await wait(150);
    started.follow([folder(root)]);
    await wait(150);
    assert.deepEqual(reports, [{ files: new Set(), sweep: true }]);
  });

  it('names changed transcripts, and asks for a sweep for anything else', async () => {
    const started = watch([root]);
    started.follow([folder(root)]);
    await wait(150);
    reports = [];
    writeFileSync(join(root, 'a.jsonl'), 'x');
    appendFileSync(join(root, 'a.jsonl'), 'x');
    await wait(150);
    assert.deepEqual(reports, [{ files: new Set([join(root, 'a.jsonl')]), sweep: false }]);
    mkdirSync(join(root, 'project'));
    await wait(150);
    assert.equal(reports.at(-1)?.sweep, true);
  });

  it('watches for a missing root, and for nothing else beside it', async () => {
    const started = watch([join(home, 'later', 'projects')]);
    started.follow([]);
    await wait(150);
    reports = [];
    writeFileSync(join(home, 'other'), '');
    await wait(150);
    assert.deepEqual(reports, []);
    mkdirSync(join(home, 'later'));
    await wait(150);
    assert.deepEqual(reports, [{ files: new Set(), sweep: true }]);
  });

  it('falls back to sweeps where a folder cannot be watched', async () => {
    const started = watch([root], 100);
    started.follow([{ path: join(home, 'gone'), depth: 0, inode: 1, touchedAt: Date.now() }]);
    await wait(350);
    assert.ok(reports.length >= 2 && reports.every(({ sweep }) => sweep));
  });

  it('does not go round in circles where inodes change with every look', async () => {
    const started = watch([root]);
    for (let inode = 0; inode < 20; inode += 1) {
      started.follow([{ ...folder(root), inode }]);
      await wait(30);
    }
    assert.ok(reports.length <= 4, String(reports.length));
  });

  it('is silent once closed', async () => {
    const started = watch([root], 30);
    started.follow([folder(root)]);
    started.close();
    writeFileSync(join(root, 'a.jsonl'), 'x');
    started.follow([folder(root)]);
    await wait(150);
    assert.deepEqual(reports, []);
  });
});

function inodeOf(path: string): number {
  return statSync(path).ino;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
