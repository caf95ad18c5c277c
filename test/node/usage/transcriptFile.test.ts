import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  createWriteStream,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Breath } from '../../../src/usage/breath.ts';
import { markerPicker } from '../../../src/usage/markedLines.ts';
import {
  type FileProgress,
  type LineFate,
  type LineReading,
  TranscriptReader,
} from '../../../src/usage/transcriptFile.ts';

const pick = markerPicker(['"usage"']);
const taking = (take: (line: string) => LineFate): LineReading => ({ pick, open: () => ({ take, state: null }) });
const line = (name: string, filler = '') => `{"usage":"${name}","filler":"${filler}"}`;

describe('reading a transcript', () => {
  let folder = '';
  let path = '';
  let lines: string[] = [];
  let progress: FileProgress | null = null;
  let reader = new TranscriptReader();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'soft-landing-file-'));
    path = join(folder, 's.jsonl');
    progress = null;
    reader = new TranscriptReader();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The names told by a further reading; lines that are no JSON are bad. */
  async function read(signal: AbortSignal | null = null): Promise<string[]> {
    lines = [];
    progress = await reader.read(
      path,
      progress,
      taking((text) => {
        try {
          lines.push((JSON.parse(text) as { usage: string }).usage);
          return 'row';
        } catch {
          return 'bad';
        }
      }),
      new Breath(signal),
    );
    return lines;
  }

  it('tells each line once while the file grows', async () => {
    writeFileSync(path, `${line('a')}\n{"other":1}\n${line('b')}\n`);
    assert.deepEqual(await read(), ['a', 'b']);
    assert.deepEqual(await read(), []);
    appendFileSync(path, `${line('c')}\n`);
    assert.deepEqual(await read(), ['c']);
    assert.deepEqual([progress?.rows, progress?.bad, progress?.pendingRows], [3, 0, 0]);
  });

  it('waits for the rest of a torn line, letters of several bytes included', async () => {
    const bytes = Buffer.from(`${line('größe')}\n`);
    writeFileSync(path, '');
    const told: string[] = [];
    for (const byte of bytes) {
      appendFileSync(path, Buffer.from([byte]));
      told.push(...(await read()));
    }
    // Once when the closing brace is there, once more when the line break is: the ledger merges the two.
    assert.deepEqual(told, ['größe', 'größe']);
    assert.deepEqual([progress?.rows, progress?.bad, progress?.pendingRows], [1, 0, 0]);
  });

  it('takes a whole last line without its line break', async () => {
    writeFileSync(path, `${line('a')}\n${line('b')}`);
    assert.deepEqual(await read(), ['a', 'b']);
    assert.deepEqual([progress?.rows, progress?.pendingRows], [1, 1]);
  });

  it('counts broken lines and goes on', async () => {
    const torn = line('x').slice(0, 12);
    writeFileSync(
      path,
      Buffer.concat([
        Buffer.from(`${torn}\n"usage"\0\n`),
        Buffer.from([0xff, 0xfe, 0x0a]),
        Buffer.from(`${line('a')}\n`),
      ]),
    );
    assert.deepEqual(await read(), ['a']);
    assert.deepEqual([progress?.rows, progress?.bad], [1, 2]);
  });

  it('reads a byte order mark and Windows line ends', async () => {
    writeFileSync(path, `\ufeff${line('a')}\r\n${line('b')}\r\n`);
    assert.deepEqual(await read(), ['a', 'b']);
  });

  it('reads on after random bytes', async () => {
    const bytes = Buffer.from(Array.from({ length: 3 << 20 }, (_, index) => (index * 7919 + (index >> 3)) & 0xff));
    writeFileSync(path, Buffer.concat([bytes, Buffer.from(`\n${line('a')}\n`)]));
    assert.deepEqual(await read(), ['a']);
  });

  it('starts again when the file shrank, was replaced or was rewritten', async () => {
    writeFileSync(path, `${line('a')}\n${line('b')}\n`);
    await read();
    truncateSync(path, Buffer.byteLength(`${line('a')}\n`));
    assert.deepEqual(await read(), ['a']);
    writeFileSync(path, `${line('z')}\n${line('y')}\n${line('x')}\n`);
    assert.deepEqual(await read(), ['z', 'y', 'x']);
    // Same length, same first line, other ending.
    writeFileSync(path, `${line('z')}\n${line('y')}\n${line('w')}\n`);
    assert.deepEqual(await read(), ['z', 'y', 'w']);
    renameSync(path, `${path}.old`);
    writeFileSync(path, `${line('new')}\n`);
    assert.deepEqual(await read(), ['new']);
    assert.equal(progress?.rows, 1);
  });

  it('reads lines longer than its buffer, across chunks', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    writeFileSync(path, names.map((name, index) => `${line(name, 'x'.repeat(index * 90_000))}\n`).join(''));
    assert.deepEqual(await read(), names);
  });

  it('passes over a line too long to keep, also when it ends later', async () => {
    reader = new TranscriptReader(2 << 20);
    writeFileSync(
      path,
      `${line('a')}\n${line('long', 'x'.repeat(5 << 20))}\n${line('b')}\n{"usage":"${'y'.repeat(5 << 20)}`,
    );
    assert.deepEqual(await read(), ['a', 'b']);
    assert.deepEqual([progress?.rows, progress?.bad], [2, 2]);
    appendFileSync(path, `"}\n${line('c')}\n`);
    assert.deepEqual(await read(), ['c']);
    assert.deepEqual([progress?.rows, progress?.bad], [3, 2]);
  });

  it('fails on what is no file, without blocking', async () => {
    await assert.rejects(read(), /ENOENT/);
    path = folder;
    await assert.rejects(read());
    if (process.platform === 'win32') return;
    path = join(folder, 'pipe.jsonl');
    execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
    await assert.rejects(read(), /not a file/);
  });

  it('can be stopped within a file', async () => {
    const stop = new AbortController();
    writeFileSync(path, `${line('a', 'x'.repeat(1000))}\n`.repeat(60_000));
    setTimeout(() => stop.abort(new Error('stopped')), 5);
    await assert.rejects(read(stop.signal), /stopped/);
    utimesSync(path, 1, 1);
    assert.equal((await read()).length, 60_000);
  });

  it('needs no more memory for 50 MB than for 5', async () => {
    const stream = createWriteStream(path);
    const chunk = `${line('a', 'x'.repeat(2000))}\n{"other":"${'y'.repeat(8000)}"}\n`.repeat(100);
    for (let written = 0; written < 50e6; written += chunk.length)
      if (!stream.write(chunk)) await once(stream, 'drain');
    stream.end();
    await once(stream, 'finish');
    const before = process.memoryUsage().arrayBuffers;
    let highest = 0;
    await reader.read(
      path,
      null,
      taking(() => ((highest = Math.max(highest, process.memoryUsage().arrayBuffers)), 'row')),
      new Breath(null),
    );
    assert.ok(highest - before < 4 << 20, `${(highest - before) >> 20} MiB of buffers`);
  });
});
