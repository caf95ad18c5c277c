import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { limitsFile } from '../../../src/store/stateFiles.ts';
import { defaultPreferences, publishPreferences } from '../../../src/store/preferences.ts';
import { claudeConfigFolder, claudeEnvironment, runClaude } from '../claude/runClaude.ts';
import { installClaude } from '../installAgents.ts';
import { makeRepository, type Repository } from '../repository.ts';
import { seededRandom } from '../seededRandom.ts';
import { untilNobodyUses } from '../settledFolder.ts';
import { softLandingJson, type CheckpointList } from '../softLanding.ts';
import { startClaudeFlightApi } from './claudeFlightApi.ts';
import { hiddenLimit, scriptedTokens, type HiddenLimit, type Knowledge } from './limit.ts';
import { makePilot, script } from './pilot.ts';
import { projectFiles, verifyCommand } from './project.ts';
import { missingFrom, recordVersions, recordedVersions, type Version } from './versions.ts';

export interface FlightOptions {
  readonly seed: number;
  /** false: the agent alone, as without us */
  readonly withSoftLanding: boolean;
  /** Codex: nothing was ever learned of this account, as in the very first session that uses it */
  readonly isNewAccount?: boolean;
  /** checkpoints alone: the agent is not told, and the limit cuts it off */
  readonly isUntold?: boolean;
}

export interface FlightOutcome {
  readonly seed: number;
  /** `told`: by the vendor, with each response */
  readonly knowledge: Knowledge | 'told';
  /** what the published rates or the budget were wrong by */
  readonly error: number;
  /** requests that the model answered */
  readonly responses: number;
  readonly wasRefused: boolean;
  /** the last thing that happened before the end lies within a chunk */
  readonly wasMidChunk: boolean;
  readonly isGreen: boolean;
  /** fraction of the window when the model first read advice; null: it never did */
  readonly advisedAt: number | null;
  /** versions of files that stood on disk at a hook and are in no checkpoint (without us: in no object of git) */
  readonly lost: readonly Version[];
  readonly versions: number;
  /** from the cut to passing tests, by one reset; null: it was green already, or there is nothing to reset to */
  readonly recoveryMs: number | null;
  readonly isGreenAfterReset: boolean;
  readonly surprises: readonly string[];
  readonly stderr: string;
}

/** What landing may add to the script: taking back, tests, hand-over, the end. */
const landingLength = 6;

/** One flight: the real Claude Code refactors a real repository until it is done or its limit is reached. */
export async function flyClaude({ seed, withSoftLanding, isUntold = false }: FlightOptions): Promise<FlightOutcome> {
  const program = await installClaude();
  const random = seededRandom(seed);
  const tokens = scriptedTokens(random, script.length + landingLength);
  const limit = hiddenLimit(random, tokens, script.midChunk, seed % 2 === 0 ? 'window' : 'budget');
  const repository = makeRepository({ files: projectFiles() });
  const home = join(repository.outer, 'home');
  const state = join(repository.outer, 'state');
  mkdirSync(join(repository.dir, '.claude'));
  const log = join(repository.outer, 'versions');
  recordVersions(repository.dir, log);
  const resetsAt = Math.floor(Date.now() / 1000) + 7200;
  const pilot = makePilot();
  const api = await startClaudeFlightApi({ pilot, limit, tokens, dir: repository.dir, resetsAt });
  const surroundings = {
    ...claudeEnvironment(home, { ...api, requests: [], play: noPlay, served: noServed }),
    SOFT_LANDING_HOME: state,
  };
  try {
    mkdirSync(home);
    if (withSoftLanding) await prepare(repository, { home, state, limit, resetsAt, isUntold, env: surroundings });
    const outcome = await runClaude({
      program,
      api: { ...api, requests: [], play: noPlay, served: noServed },
      home,
      cwd: repository.dir,
      prompt: 'Rename fmt to formatMoney and vat to taxShare',
      // A subscriber, who has windows; a key would be refused in another way.
      env: {
        SOFT_LANDING_HOME: state,
        CLAUDE_CODE_OAUTH_TOKEN: ['dummy', 'token', 'of', 'a', 'test'].join('-'),
        ANTHROPIC_API_KEY: '',
      },
      timeoutMs: 180_000,
    });
    const cutAt = api.refusedAt ?? performance.now();
    const isGreen = passes(repository);
    const versions = recordedVersions(log);
    const lost = withSoftLanding
      ? await lostWith(repository, versions, surroundings)
      : lostWithout(repository, versions);
    const recovery = !isGreen && withSoftLanding ? await recover(repository, surroundings) : null;
    return {
      seed,
      knowledge: limit.knowledge,
      error: limit.error,
      responses: api.usedAt.length - (api.refused ? 1 : 0),
      wasRefused: api.refused,
      wasMidChunk: pilot.isMidChunk,
      isGreen,
      advisedAt: pilot.advisedAt === null ? null : (api.usedAt[pilot.advisedAt] ?? null),
      lost,
      versions: versions.length,
      recoveryMs: recovery === null ? null : recovery.endedAt - Math.max(cutAt, recovery.beganAt),
      isGreenAfterReset: isGreen || (recovery?.isGreen ?? false),
      surprises: api.surprises,
      stderr: outcome.stderr,
    };
  } finally {
    await api.stop();
    await untilNobodyUses(repository.outer);
    repository.remove();
  }
}

const noPlay = (): void => undefined;
const noServed = () => ({ responses: 0, input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 });

interface Preparation {
  readonly home: string;
  readonly state: string;
  readonly limit: HiddenLimit;
  readonly resetsAt: number;
  readonly isUntold: boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** As it is on a person's machine: hooks installed, a verify command that passes, and what is known of the limit. */
async function prepare(repository: Repository, preparation: Preparation): Promise<void> {
  const { home, state, limit, resetsAt, isUntold, env } = preparation;
  await softLandingJson({
    args: ['install', 'claude', '--scope', 'local', '--repo', repository.dir, '--home', home],
    cwd: repository.dir,
    env,
  });
  const opened = await Checkpoints.open(repository.dir, { stateFolder: state });
  if (!opened.ok) throw new Error(opened.failure.message);
  await (await opened.value.verifying()).setCommand(verifyCommand);
  const verified = await (await opened.value.verifying()).run({ command: verifyCommand });
  if (!verified.ok) throw new Error(verified.failure.message);
  const budgets = limit.knowledge === 'budget' ? { tokensPerSession: limit.budgetTokens } : {};
  await publishPreferences(state, { ...defaultPreferences, budgets, landing: isUntold ? 'off' : 'advise' });
  if (limit.knowledge === 'budget') return;
  publishWindow(state, { agent: 'claude', account: claudeConfigFolder(home), resetsAt: resetsAt * 1000, limit });
}

interface KnownWindow {
  readonly agent: string;
  readonly account: string;
  readonly resetsAt: number;
  readonly limit: HiddenLimit;
}

/** What the meter publishes of an account that was used before: the window's state, and how use moves it, as wrong as that is. */
export function publishWindow(state: string, { agent, account, resetsAt, limit }: KnownWindow): void {
  const window = {
    agent,
    account,
    window: 'five_hour',
    label: '5-hour window',
    session: null,
    // Vendors tell whole percents.
    used: Math.round(limit.usedAtStart * 100) / 100,
    resetsAt,
    capturedAt: Date.now(),
    source: 'as told before',
    confidence: 'official',
    error: null,
    drift: { '': limit.rates },
  };
  writeFileSync(limitsFile(state), JSON.stringify({ v: 1, at: Date.now(), windows: [window] }));
}

export function passes(repository: Repository): boolean {
  try {
    execFileSync('sh', ['-c', verifyCommand], {
      cwd: repository.dir,
      stdio: 'ignore',
      env: { PATH: process.env['PATH'] },
    });
    return true;
  } catch {
    return false;
  }
}

/** The state of a cut is saved by a process of its own, which has a few seconds. */
export async function lostWith(
  repository: Repository,
  versions: readonly Version[],
  env: Readonly<Record<string, string>>,
): Promise<readonly Version[]> {
  let lost: readonly Version[] = versions;
  for (let waited = 0; lost.length > 0 && waited < 10_000; waited += 500) {
    if (waited > 0) await sleep(500);
    const list = await softLandingJson<CheckpointList>({
      args: ['checkpoint', 'list', '--repo', repository.dir],
      cwd: repository.dir,
      env,
    });
    lost = missingFrom(
      versions,
      repository,
      list.checkpoints.map(({ ref }) => ref),
    );
  }
  return lost;
}

/** Only what is committed; what is still on disk is one `git checkout .` away from being gone. */
export function lostWithout(repository: Repository, versions: readonly Version[]): readonly Version[] {
  return missingFrom(versions, repository, ['HEAD']);
}

export async function recover(repository: Repository, env: Readonly<Record<string, string>>) {
  const beganAt = performance.now();
  const opened = await Checkpoints.open(repository.dir, { stateFolder: env['SOFT_LANDING_HOME'] ?? '' });
  if (!opened.ok) throw new Error(opened.failure.message);
  const reset = await (await opened.value.verifying()).resetToLastGreen();
  if (!reset.ok) throw new Error(reset.failure.message);
  const isGreen = passes(repository);
  return { beganAt, endedAt: performance.now(), isGreen };
}
