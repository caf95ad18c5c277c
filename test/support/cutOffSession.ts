import { cpSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SessionRef } from '../../src/recovery/readWork.ts';
import { interruptionSamples } from './interruptionSamples.ts';

export interface PlacedSession {
  readonly ref: SessionRef;
  /** by how much it was moved in time, milliseconds */
  readonly shift: number;
}

/**
 * Puts what a real agent wrote into a home, as if it had just happened in `repository`: its folder and its times are put in the place of
 * the recorded ones, nothing else is changed.
 * @param endedAt when its last line was written
 */
export function placeCutOffSession(
  name: string,
  home: string,
  repository: string,
  endedAt: number,
  fixtures: string,
): PlacedSession {
  const sample = interruptionSamples(fixtures).find((each) => each.name === name);
  if (sample === undefined) throw new Error(`no sample ${name}`);
  const text = readFileSync(sample.ref.transcript, 'utf8');
  const told = [...text.matchAll(/"timestamp":"([^"]+)"/g)].map(([, time = '']) => Date.parse(time));
  const shift = endedAt - Math.max(...told);
  const transcript = join(home, placeOf(sample.agent, sample.ref.transcript, repository));
  mkdirSync(dirname(transcript), { recursive: true });
  writeFileSync(transcript, moved(text, repository, shift));
  utimesSync(transcript, endedAt / 1000, endedAt / 1000);
  const subagents = sample.ref.transcript.replace(/\.jsonl$/, '');
  if (existsSync(subagents)) cpSync(subagents, transcript.replace(/\.jsonl$/, ''), { recursive: true });
  return { ref: { ...sample.ref, transcript }, shift };
}

function placeOf(agent: string, transcript: string, repository: string): string {
  switch (agent) {
    case 'claude':
      return join('.claude', 'projects', repository.replaceAll(/[^A-Za-z0-9]/g, '-'), basename(transcript));
    case 'codex':
      return join(
        '.codex',
        'sessions',
        new Date().toISOString().slice(0, 10).replaceAll('-', '/'),
        basename(transcript),
      );
    default:
      return join('.gemini', 'tmp', 'repo', 'chats', basename(transcript));
  }
}

function moved(text: string, repository: string, shift: number): string {
  const inJson = JSON.stringify(repository).slice(1, -1);
  return text
    .replaceAll(/\/home\/dev\/[\w-]+\/repo/g, inJson)
    .replaceAll(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (time) =>
      new Date(Date.parse(time) + shift).toISOString(),
    )
    .replaceAll(/(?<="(?:resets_?[aA]t)":)\d{10}\b/g, (seconds) => String(Number(seconds) + Math.round(shift / 1000)));
}
