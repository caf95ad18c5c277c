/*
 * Entry of the tokenizer (dist/tokenizer.cjs): a thread of its own, because js-tiktoken takes half a second to load and blocks while it
 * counts. Whoever starts it ends it when it is late.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Tiktoken } from 'js-tiktoken/lite';
import ranks from 'js-tiktoken/ranks/o200k_base';
import * as v from 'valibot';
import { toolResultGrowths } from '../../agents/claude/toolResultGrowth.ts';
import { charactersPerToken, countTokens, type Encoder } from './countTokens.ts';
import { learnedFactor, ofModel } from './modelFactor.ts';
import { tokenizerDataSchema, type CountedFiles } from './tokenizerMessages.ts';

const port = parentPort;
if (port === null) throw new Error('the tokenizer runs in a worker thread only');
const { files, transcripts, model, deadlineMs } = v.parse(tokenizerDataSchema, workerData);

/** No more of a file is read at once by any agent's tool. */
const mostTokensOfFile = 25_000;
/** Larger files are reckoned by their size: nobody reads them whole. */
const longestFile = 8 << 20;
const readOfTranscript = 2 << 20;
const mostGrowths = 40;
/** Files come first; the factor is learned in what time is left. */
const shareOfFiles = 0.7;

const tiktoken = new Tiktoken(ranks);
const encoder: Encoder = { encode: (text) => tiktoken.encode(text, [], []) };
const start = performance.now();
const late = (share: number) => () => performance.now() - start > deadlineMs * share;

port.postMessage(counted());

function counted(): CountedFiles {
  let [tokens, isApproximate] = [0, false];
  const missing: string[] = [];
  const isLate = late(shareOfFiles);
  for (const file of files) {
    const one = countFile(file, isLate);
    if (one === null) {
      missing.push(file);
      continue;
    }
    tokens += Math.min(mostTokensOfFile, one.tokens);
    isApproximate ||= one.isApproximate;
  }
  const factor = factorOf(late(1));
  return { tokens: Math.round(tokens * factor), isApproximate: isApproximate || factor !== 1, missing, factor };
}

function countFile(file: string, isLate: () => boolean): { tokens: number; isApproximate: boolean } | null {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) return null;
    const { size } = stats;
    if (size > longestFile || isLate()) return { tokens: size / charactersPerToken, isApproximate: true };
    return countTokens(readFileSync(file, 'utf8'), encoder, isLate);
  } catch {
    return null;
  }
}

function factorOf(isLate: () => boolean): number {
  const samples: { counted: number; growth: number }[] = [];
  for (const transcript of transcripts) {
    if (samples.length >= mostGrowths || isLate()) break;
    const growths = ofModel(toolResultGrowths(lastLines(transcript)), model);
    for (const { text, growth } of growths.slice(-mostGrowths)) {
      if (isLate()) break;
      samples.push({ counted: countTokens(text, encoder, isLate).tokens, growth });
    }
  }
  return learnedFactor(model, samples);
}

/** The end of a transcript, from the first whole line on. */
function lastLines(file: string): readonly string[] {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    const from = Math.max(0, size - readOfTranscript);
    const bytes = Buffer.alloc(size - from);
    readSync(descriptor, bytes, 0, bytes.length, from);
    const lines = bytes.toString('utf8').split('\n');
    return from === 0 ? lines : lines.slice(1);
  } catch {
    return [];
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
