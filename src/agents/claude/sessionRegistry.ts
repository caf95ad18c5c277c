import path from 'node:path';
import * as v from 'valibot';
import type { Surroundings } from '../agent.ts';
import { transcriptRoots } from './locations.ts';

/** Claude Code notes each running process in a file of its own, and takes it away at a clean end; a killed one's stays. */
export const registeredSessionSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sessionId: v.string(),
  cwd: v.string(),
  /** epoch milliseconds */
  startedAt: v.fallback(v.nullable(v.number()), null),
  /** only the terminal interface tells it */
  status: v.fallback(v.nullable(v.string()), null),
});
export type RegisteredSession = v.InferOutput<typeof registeredSessionSchema>;

/** The folders that hold these files, existing or not. */
export function registryFolders(surroundings: Surroundings): readonly string[] {
  const accounts = transcriptRoots(surroundings).map(({ account }) => account);
  return [...new Set(accounts)].map((account) => path.join(account, 'sessions'));
}

/** Beside each such file may lie a key, which is none of our business. */
export function isRegistryFile(name: string): boolean {
  return /^\d+\.json$/.test(name);
}
