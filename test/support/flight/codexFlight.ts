import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import type { TokenCounts } from '../../../src/protocol/usage.ts';
import { defaultPreferences, publishPreferences } from '../../../src/store/preferences.ts';
import { openAgentWorkplace, type AgentWorkplace } from '../agentWorkplace.ts';
import { codexDriver } from '../codex/codexDriver.ts';
import { limitResetMs } from '../codex/responsesApi.ts';
import { trustAllHooks } from '../codex/hooksList.ts';
import type { ScriptedSource, ScriptedStep, ScriptedTool } from '../modelApi.ts';
import { agentEnvironment } from '../runAgent.ts';
import { seededRandom } from '../seededRandom.ts';
import { filesOnDisk } from '../workingTree.ts';
import {
  lostWith,
  lostWithout,
  passes,
  publishWindow,
  recover,
  type FlightOptions,
  type FlightOutcome,
} from './claudeFlight.ts';
import { hiddenLimit, scriptedTokens } from './limit.ts';
import { makePilot, script, type Deed } from './pilot.ts';
import { projectFiles, verifyCommand } from './project.ts';
import type { Version } from './versions.ts';

/** What landing may add to the script. */
const landingLength = 6;

/** One flight of the real Codex, whose vendor tells with each response how much of the window is used, in whole percents. */
export async function flyCodex(options: FlightOptions): Promise<FlightOutcome> {
  const { seed, withSoftLanding, isNewAccount = false, isUntold = false } = options;
  const random = seededRandom(seed + 1000);
  const tokens = scriptedTokens(random, script.length + landingLength).map(asOpenAi);
  const limit = hiddenLimit(random, tokens, script.midChunk, 'window');
  const place = await openAgentWorkplace(codexDriver, projectFiles());
  const { repository } = place;
  const env = { ...agentEnvironment(place.home, place.api.url), SOFT_LANDING_HOME: place.stateFolder };
  const pilot = makePilot();
  const served: TokenCounts[] = [];
  const usedAt: number[] = [];
  const versions = new Map<string, Version>();
  const refusedAt: number[] = [];
  const source = (): ScriptedStep => {
    for (const version of versionsOnDisk(place)) versions.set(`${version.sha256} ${version.path}`, version);
    const used = limit.after(served);
    usedAt.push(used);
    if (used >= 1) {
      refusedAt.push(performance.now());
      return { refusal: 'limit' };
    }
    const deed = pilot.next(place.api.requests.at(-1) ?? '');
    const cost = tokens[served.length];
    if (cost === undefined) throw new Error('the flight is longer than its script');
    served.push(cost);
    // The headers come before the answer: they tell what was used until then.
    return { ...stepFor(deed, repository.dir), usedPercent: Math.floor(used * 100), tokens: cost };
  };
  try {
    if (withSoftLanding) {
      await place.cliJson('install', 'codex');
      await trustAllHooks(place);
      const opened = await Checkpoints.open(repository.dir, { stateFolder: place.stateFolder });
      if (!opened.ok) throw new Error(opened.failure.message);
      await (await opened.value.verifying()).setCommand(verifyCommand);
      const verified = await (await opened.value.verifying()).run({ command: verifyCommand });
      if (!verified.ok) throw new Error(verified.failure.message);
      if (isUntold) await publishPreferences(place.stateFolder, { ...defaultPreferences, landing: 'off' });
      if (!isNewAccount) {
        const account = join(place.home, '.codex');
        publishWindow(place.stateFolder, { agent: 'codex', account, resetsAt: Date.now() + limitResetMs, limit });
      }
    }
    const sources: ScriptedSource[] = Array.from({ length: tokens.length + 3 }, () => source);
    const outcome = await place.fly(sources, 'Rename fmt to formatMoney and vat to taxShare', { timeoutMs: 180_000 });
    const cutAt = refusedAt[0] ?? performance.now();
    for (const version of versionsOnDisk(place)) versions.set(`${version.sha256} ${version.path}`, version);
    const seen = [...versions.values()];
    const isGreen = passes(repository);
    const lost = withSoftLanding ? await lostWith(repository, seen, env) : lostWithout(repository, seen);
    const recovery = !isGreen && withSoftLanding ? await recover(repository, env) : null;
    return {
      seed,
      knowledge: 'told',
      error: isNewAccount ? 0 : limit.error,
      responses: served.length,
      wasRefused: refusedAt.length > 0,
      wasMidChunk: pilot.isMidChunk,
      isGreen,
      advisedAt: pilot.advisedAt === null ? null : (usedAt[pilot.advisedAt] ?? null),
      lost,
      versions: seen.length,
      recoveryMs: recovery === null ? null : recovery.endedAt - Math.max(cutAt, recovery.beganAt),
      isGreenAfterReset: isGreen || (recovery?.isGreen ?? false),
      surprises: place.api.surprises,
      stderr: outcome.stderr,
    };
  } finally {
    await place.close();
  }
}

/** What is new to the cache is input like any other. */
function asOpenAi(tokens: TokenCounts): TokenCounts {
  return { ...tokens, input: tokens.input + tokens.cacheWrite5m, cacheWrite5m: 0 };
}

function versionsOnDisk({ repository }: AgentWorkplace): readonly Version[] {
  return Object.entries(filesOnDisk(repository.dir))
    .filter(([path]) => !path.startsWith('.soft-landing/'))
    .map(([path, content]) => {
      const bytes = Buffer.from(content, 'latin1');
      return { path, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
    });
}

function stepFor(deed: Deed, dir: string): ScriptedStep {
  if (deed.kind === 'say') return { text: deed.text };
  return { tools: [toolFor(deed, dir)] };
}

function toolFor(deed: Exclude<Deed, { kind: 'say' }>, dir: string): ScriptedTool {
  switch (deed.kind) {
    case 'read':
      return { name: 'exec_command', input: { cmd: `cat ${deed.files.join(' ')}` } };
    case 'run':
      return { name: 'exec_command', input: { cmd: deed.command } };
    case 'replace':
      return patch(deed.files.map((file) => updateOf(file, readFileSync(join(dir, file), 'utf8'), deed)));
    case 'write':
      return patch([`*** Add File: ${deed.file}\n${deed.content.trimEnd().replace(/^/gm, '+')}`]);
  }
}

function patch(parts: readonly string[]): ScriptedTool {
  return { name: 'apply_patch', input: { patch: `*** Begin Patch\n${parts.join('\n')}\n*** End Patch\n` } };
}

function updateOf(
  file: string,
  text: string,
  { before, after }: { readonly before: string; readonly after: string },
): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => (line.includes(before) ? `-${line}\n+${line.replaceAll(before, after)}` : ` ${line}`));
  return `*** Update File: ${file}\n@@\n${lines.join('\n')}`;
}
