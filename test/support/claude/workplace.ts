import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointSummary } from '../../../src/protocol/checkpoint.ts';
import { installClaude } from '../installAgents.ts';
import { makeRepository, type Repository, type RepositoryOptions } from '../repository.ts';
import { untilNobodyUses } from '../settledFolder.ts';
import { softLanding, softLandingJson, type CheckpointList, type CliOutcome } from '../softLanding.ts';
import { startMessagesApi, type MessagesApi, type Scenario } from './messagesApi.ts';
import { claudeEnvironment, runClaude, type ClaudeOutcome } from './runClaude.ts';
import { Witness } from './scenarios.ts';

/** A person's machine in small: a home, a repository, a state folder, the real Claude Code, and a model API that answers from a script. */
export interface Workplace {
  readonly repository: Repository;
  readonly witness: Witness;
  readonly home: string;
  /** our state folder */
  readonly state: string;
  readonly api: MessagesApi;
  /** Plays a scenario on a prompt, in the repository unless told otherwise, with more variables for the agent. */
  fly(scenario: Scenario, prompt: string, cwd?: string, env?: Readonly<Record<string, string>>): Promise<ClaudeOutcome>;
  /** Our command line program, on this repository and home. */
  cli(...args: string[]): Promise<CliOutcome>;
  cliJson<Report>(...args: string[]): Promise<Report>;
  checkpoints(): Promise<readonly CheckpointSummary[]>;
  close(): Promise<void>;
}

/** Sets one up. The state folder has a space and a `$` in its path, since the hook's command has to survive those. */
export async function openWorkplace(options: RepositoryOptions): Promise<Workplace> {
  const program = await installClaude();
  const api = await startMessagesApi();
  const repository = makeRepository(options);
  const home = join(repository.outer, 'home');
  mkdirSync(home);
  const state = join(repository.outer, 'state of $USER');
  const ours = { SOFT_LANDING_HOME: state };
  const cliRun = (args: readonly string[], cwd = repository.dir) => ({
    args: [...args, '--repo', cwd, '--home', home],
    cwd,
    env: { ...claudeEnvironment(home, api), ...ours },
  });
  return {
    repository,
    home,
    state,
    api,
    witness: new Witness(repository.dir),
    fly(scenario, prompt, cwd = repository.dir, env = {}) {
      api.play(scenario);
      return runClaude({ program, api, home, cwd, prompt, env: { ...ours, ...env } });
    },
    cli: (...args) => softLanding(cliRun(args)),
    cliJson: (...args) => softLandingJson(cliRun(args)),
    async checkpoints() {
      const { checkpoints } = await softLandingJson<CheckpointList>(cliRun(['checkpoint', 'list']));
      return checkpoints;
    },
    async close() {
      await api.stop();
      // A cut-off is recorded by a process that outlives the agent.
      await untilNobodyUses(repository.outer);
      repository.remove();
    },
  };
}

/** Hooks that failed, were ended, or blocked something, as Claude Code itself wrote it down. */
export function hookTroubles(outcome: ClaudeOutcome): string[] {
  return outcome.transcripts
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .filter((line) =>
      /"type":"hook_(?:non_blocking_error|blocking_error|cancelled|error_during_execution)"/.test(line),
    );
}
