import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { usageCorpus } from '../test/support/usageCorpus.ts';

export interface WrittenTranscripts {
  readonly files: number;
  readonly bytes: number;
  readonly lines: number;
  readonly largest: number;
  /** what a right reading finds */
  readonly responses: number;
  readonly output: number;
}

const sourceLine = '  const value = await load("./part.json"); // keep "quotes" and \\ as they are\n\t';

/**
 * Writes about 100 MB of transcripts: the tests' corpus, and after each of the model's rows the output of a tool. Such output is most of a
 * real transcript's bytes, and tells nothing about usage. The same bytes in every run.
 */
export function writeTranscripts(root: string): WrittenTranscripts {
  const corpus = usageCorpus({ seed: 11, sessions: 600 });
  let bytes = 0;
  let lines = 0;
  let largest = 0;
  for (const [number, [path, own]] of [...corpus.files].entries()) {
    // Most sessions are short, and a few are most of the bytes.
    const weight = number % 30 === 0 ? 17 : 1;
    const all = own.flatMap((line, index) =>
      line.includes('"role":"assistant"') ? [line, toolOutput(index, weight)] : [line],
    );
    const content = Buffer.from(`${all.join('\n')}\n`);
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    bytes += content.length;
    lines += all.length;
    largest = Math.max(largest, content.length);
  }
  const { responses, tokens } = corpus.truth;
  return { files: corpus.files.size, bytes, lines, largest, responses, output: tokens.output };
}

function toolOutput(index: number, weight: number): string {
  // Many short ones and a few long ones.
  const repeats = weight * (2 + ((index * 37) % 40) + (index % 25 === 7 ? 300 : 0));
  return JSON.stringify({
    type: 'user',
    uuid: `00000000-0000-4000-a000-${String(index).padStart(12, '0')}`,
    timestamp: '2026-10-20T08:00:00.000Z',
    message: {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'toolu_01', content: sourceLine.repeat(repeats) }],
    },
  });
}
