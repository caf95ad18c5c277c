import { transcriptSources } from '../agents/transcriptSources.ts';
import type { DoctorFacts, SourceFacts } from '../doctor/facts.ts';
import { findingsOf } from '../doctor/findings.ts';
import { agentHookFacts, launcherFacts, settingsFacts } from '../doctor/hookFacts.ts';
import { meterFacts } from '../doctor/meterFacts.ts';
import { gitFacts, repositoryFacts } from '../doctor/repositoryFacts.ts';
import { sourceFacts } from '../doctor/sourceFacts.ts';
import { hookRunFacts, stateFolderFacts } from '../doctor/stateFacts.ts';
import { UsageError, type Command, type CommandContext } from './command.ts';
import { doctorText } from './doctorText.ts';

/**
 * `soft-landing doctor`: what is found, installed and working. It only looks: nothing is written, no agent is run, no credentials
 * are read. Exit 1 means "refused or failed" everywhere in this program, with an error in the JSON; a doctor that found something wrong
 * has done its work. So it ends with 0, and `ok` tells; scripts that want a code say --strict.
 */
export const doctorCommand: Command = {
  name: 'doctor',
  usage: 'doctor [--strict]',
  summary: 'What is found, installed and working, with a fix for each problem (--strict: exit 1 if there is one)',
  options: { strict: { type: 'boolean' } },
  async run(context, values, positionals) {
    if (positionals.length > 0) throw new UsageError(`unexpected argument: ${positionals[0]}`);
    const facts = await doctorFacts(context);
    const now = context.now();
    const findings = findingsOf(facts, now);
    const ok = findings.every(({ level }) => level !== 'problem');
    const json = { findings, sources: facts.sources.map((source) => sourceJson(source, now)), ok };
    return { json, text: doctorText(findings), exitCode: values['strict'] === true && !ok ? 1 : 0 };
  },
};

async function doctorFacts({ surroundings, stateFolder, repoDir, now }: CommandContext): Promise<DoctorFacts> {
  const [{ sources, readings }, meter, state, settings, launcher, hookRuns, git, repository] = await Promise.all([
    sourceFacts(transcriptSources, surroundings),
    meterFacts(stateFolder, repoDir, surroundings),
    stateFolderFacts(stateFolder),
    settingsFacts(repoDir, surroundings, stateFolder),
    launcherFacts(stateFolder, surroundings.env),
    hookRunFacts(stateFolder),
    gitFacts(surroundings.env),
    repositoryFacts(repoDir, stateFolder, now()),
  ]);
  const agentHooks = await agentHookFacts(settings, surroundings);
  return { sources, readings, meter, stateFolder: state, settings, agentHooks, launcher, hookRuns, git, repository };
}

function sourceJson({ newestAt, ...source }: SourceFacts, now: number) {
  return { ...source, newestAgeSeconds: newestAt === null ? null : Math.max(0, Math.round((now - newestAt) / 1000)) };
}
