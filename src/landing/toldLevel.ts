import { landingLevels, landingStateFile, readLandingState, type LandingLevel } from './landingState.ts';

/** The most that a session was told of windows that have not reset since, in any of its threads; null: nothing. */
export async function toldLevel(
  stateFolder: string,
  { agent, sessionId }: { readonly agent: string; readonly sessionId: string },
  now: number,
): Promise<LandingLevel | null> {
  const state = await readLandingState(landingStateFile(stateFolder, agent, sessionId));
  const levels = (state?.told ?? []).flatMap(({ level, resetsAt }) =>
    resetsAt === null || resetsAt > now ? level : [],
  );
  return landingLevels.findLast((level) => levels.includes(level)) ?? null;
}
