import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transcriptSources } from '../../../src/agents/transcriptSources.ts';
import { Breath } from '../../../src/usage/breath.ts';
import { markerPicker } from '../../../src/usage/markedLines.ts';
import { UsageScan } from '../../../src/usage/scan.ts';
import { type LineReading, TranscriptReader } from '../../../src/usage/transcriptFile.ts';

/** One response of `output` tokens. */
function row(id: string, output: number): string {
  const message = { id: `msg_${id}`, model: 'claude-opus-5-5', usage: { input_tokens: 1, output_tokens: output } };
  const timestamp = '2026-11-23T05:00:00.000Z';
  return JSON.stringify({ type: 'assistant', timestamp, sessionId: 's', requestId: `req_${id}`, message });
}

describe('bad input', () => {
  let home = '';
  let root = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'soft-landing-bad-'));
    root = join(home, '.claude', 'projects');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const scanOf = () =>
    new UsageScan({
      sources: transcriptSources,
      surroundings: { home, env: {}, platform: process.platform },
      sinceMs: null,
    });
  const put = (name: string, content: string | Uint8Array): string => {
    const full = join(root, name);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    return full;
  };
  /** Responses and output of all sessions, and what was passed over; the same again after a second look. */
  async function counted(): Promise<readonly [responses: number, output: number, skipped: number]> {
    const scan = scanOf();
    const look = async (): Promise<readonly [number, number, number]> => {
      await scan.sweep();
      const { sessions, scanned } = scan.snapshot();
      const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
      return [
        sum(sessions.map(({ responses }) => responses)),
        sum(sessions.map(({ tokens }) => tokens.output)),
        scanned.skipped,
      ];
    };
    const first = await look();
    assert.deepEqual(await look(), first);
    return first;
  }

  const good = `${row('good', 7)}\n`;
  const broken = '{"message":{"usage":{"output_tokens":';
  const files: Readonly<
    Record<string, readonly [content: string | Buffer, responses: number, output: number, skipped: number]>
  > = {
    'an empty file': ['', 0, 0, 0],
    'a file of line breaks': ['\n'.repeat(5000), 0, 0, 0],
    'a file that begins with a byte order mark': [`\ufeff${row('a', 5)}\n`, 1, 5, 0],
    'a file with CRLF': [`${row('a', 5)}\r\n${row('b', 6)}\r\n`, 2, 11, 0],
    'a last row without its line break': [row('a', 5), 1, 5, 0],
    'a torn last row': [`${row('a', 5)}\n${row('b', 6).slice(0, -9)}`, 1, 5, 0],
    'a torn row in the middle': [`${broken}\n${row('a', 5)}\n`, 1, 5, 1],
    'two rows run together': [`${row('b', 6).slice(0, -9)}${row('b', 6)}\n${row('a', 5)}\n`, 1, 5, 1],
    'rows with odd spaces': [` \t${row('a', 5)} \t\n`, 1, 5, 0],
    'a row with bytes that are no UTF-8': [
      Buffer.concat([Buffer.from([0xff, 0xc3, 0x28, 0x0a]), Buffer.from(`${row('a', 5)}\n`)]),
      1,
      5,
      0,
    ],
    'a row with such bytes in it': [
      Buffer.from(`${row('a', 5).replace('"type"', '"x":"\u00e9","type"')}\n`, 'latin1'),
      1,
      5,
      0,
    ],
    'UTF-16': [Buffer.from(`\ufeff${row('a', 5)}\n`, 'utf16le'), 0, 0, 0],
    binary: [Buffer.concat([Buffer.from([0, 1, 2, 0xff]), Buffer.from(`\0"usage"\0\n${row('a', 5)}\n`)]), 1, 5, 1],
    'counts that are none': [
      ['-1', '1e999', '1e300', '9007199254740993', '"5"', '[5]', '{}', 'true']
        .map((count, at) => row(`n${at}`, 5).replace('"output_tokens":5', `"output_tokens":${count}`))
        .join('\n') + '\n',
      0,
      0,
      8,
    ],
    'rows without a time': [`${row('a', 5).replace('2026-11-23T05', '2026-13-45T99')}\n`, 0, 0, 1],
  };
  for (const [name, [content, responses, output, skipped]] of Object.entries(files)) {
    it(`counts ${name}, and the file beside it, exactly`, async () => {
      put('p/odd.jsonl', content);
      put('p/good.jsonl', good);
      assert.deepEqual(await counted(), [responses + 1, output + 7, skipped]);
    });
  }

  it('passes over a row of 100 MB and reads on behind it', async () => {
    const path = put('p/long.jsonl', `${row('a', 5)}\n{"message":{"usage":"`);
    const piece = Buffer.alloc(1 << 20, 'x');
    for (let at = 0; at < 100; at += 1) appendFileSync(path, piece);
    appendFileSync(path, `"}}\n${row('b', 6)}\n`);
    assert.deepEqual(await counted(), [2, 11, 1]);
  });

  // Windows has neither, and no links without a privilege.
  const unlessWindows = process.platform === 'win32' ? () => undefined : it;
  unlessWindows('waits for no pipe, socket or device, and follows no link twice', async () => {
    put('p/good.jsonl', good);
    execFileSync('mkfifo', [join(root, 'p', 'pipe.jsonl')]);
    const socket = createServer().listen(join(root, 'p', 's.jsonl'));
    await new Promise((resolve) => socket.once('listening', resolve));
    try {
      symlinkSync('/dev/zero', join(root, 'p', 'device.jsonl'));
      symlinkSync('pipe.jsonl', join(root, 'p', 'link-to-pipe.jsonl'));
      symlinkSync('..', join(root, 'p', 'up'));
      symlinkSync('self.jsonl', join(root, 'p', 'self.jsonl'));
      symlinkSync('good.jsonl', join(root, 'p', 'again.jsonl'));
      assert.deepEqual(await counted(), [1, 7, 1]);
    } finally {
      await new Promise((resolve) => socket.close(resolve));
    }
  });

  unlessWindows('passes over names that are no UTF-8', async () => {
    put('p/good.jsonl', good);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/p/`), Buffer.from([0xff]), Buffer.from('.jsonl')]), row('a', 5));
    const [responses, output] = await counted();
    assert.deepEqual([responses, output], [1, 7]);
  });

  it('reads files whose times lie in the future, and what is added to them after the clock was set back', async () => {
    const path = put('p/a.jsonl', `${row('a', 5)}\n`);
    utimesSync(path, 4e9, 4e9);
    const scan = scanOf();
    await scan.sweep();
    appendFileSync(path, `${row('b', 6)}\n`);
    utimesSync(path, 1e9, 1e9);
    await scan.sweep();
    assert.deepEqual(await counted(), [2, 11, 0]);
    assert.equal(scan.snapshot().sessions[0]?.tokens.output, 11);
  });

  // What happens to a file while it is being read: done by the taker of its first line, so that it happens in the middle each time.
  const lines = Array.from({ length: 40_000 }, (_, at) => row(`r${at}`, 1));
  const whole = `${lines.join('\n')}\n`;
  const meanwhile: Readonly<Record<string, (path: string) => void>> = {
    vanishes: (path) => rmSync(path),
    shrinks: (path) => truncateSync(path, 1000),
    'is emptied': (path) => truncateSync(path, 0),
    'is replaced': (path) => {
      writeFileSync(`${path}.new`, `${row('new', 1)}\n`);
      renameSync(`${path}.new`, path);
    },
    'is written over': (path) => writeFileSync(path, Buffer.alloc(whole.length, 'x')),
    grows: (path) => appendFileSync(path, `${row('more', 1)}\n`),
  };
  for (const [what, change] of Object.entries(meanwhile)) {
    it(`reads a file that ${what} meanwhile without telling anything that was never in it, and right the next time`, async () => {
      const path = put('p/a.jsonl', whole);
      const told: string[] = [];
      let isChanged = false;
      const reading: LineReading = {
        pick: markerPicker(['"usage"']),
        open: () => ({
          take(line) {
            told.push(line);
            if (!isChanged) change(path);
            isChanged = true;
            return 'row';
          },
          state: null,
        }),
      };
      const reader = new TranscriptReader();
      const progress = await reader.read(path, null, reading, new Breath(null));
      const known = new Set([...lines, row('more', 1)]);
      const strange = told.filter((line) => !known.has(line));
      // A row that was cut where the file changed is torn, which its parser sees.
      assert.ok(strange.length <= 1, strange.slice(0, 3).join('\n').slice(0, 600));
      assert.equal(new Set(told).size, told.length);
      if (what === 'vanishes') return;
      told.length = 0;
      await reader.read(path, progress, reading, new Breath(null));
      const again = what === 'is replaced' ? [row('new', 1)] : [];
      assert.deepEqual(
        told.filter((line) => !known.has(line)),
        again,
      );
      if (what === 'shrinks') assert.deepEqual(told, whole.slice(0, 1000).split('\n').slice(0, -1));
    });
  }
});
