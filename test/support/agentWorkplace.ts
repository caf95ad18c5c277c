import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointSummary } from '../../src/protocol/checkpoint.ts';
import {
  startModelApi,
  type ModelApi,
  type ModelProtocol,
  type ScriptedSource,
  type ScriptedStep,
} from './modelApi.ts';
import { makeRepository, type Repository } from './repository.ts';
import { agentEnvironment, runAgent, type AgentOutcome, type AgentRun } from './runAgent.ts';
import { untilNobodyUses } from './settledFolder.ts';
import { softLanding, softLandingJson, type CheckpointList, type CliOutcome } from './softLanding.ts';
import { filesOnDisk, type Files } from './workingTree.ts';

/** What the tests have to know of a real agent to fly with it. */
export interface AgentDriver {
  readonly agent: string;
  readonly protocol: ModelProtocol;
  /** the program, installed from npm where it is not in the cache */
  install(): Promise<string>;
  /** configuration that a person would have: which API, which key */
  configure(place: AgentPlace): void;
  /** one prompt, without the terminal interface */
  command(place: AgentPlace, prompt: string): Pick<AgentRun, 'program' | 'args' | 'env'>;
}

export interface AgentPlace {
  readonly program: string;
  readonly repository: Repository;
  readonly home: string;
  readonly api: ModelApi;
}

export interface AgentWorkplace extends AgentPlace {
  readonly stateFolder: string;
  readonly sights: readonly Files[];
  /** a step before whose answer the disk is looked at */
  before(step: ScriptedStep): ScriptedSource;
  fly(script: readonly ScriptedSource[], prompt: string, more?: Partial<AgentRun>): Promise<AgentOutcome>;
  cli(...args: string[]): Promise<CliOutcome>;
  cliJson<Report>(...args: string[]): Promise<Report>;
  checkpoints(): Promise<readonly CheckpointSummary[]>;
  close(): Promise<void>;
}

/** A home, a repository, a state folder, a real agent, and a model API that answers from a script. */
export async function openAgentWorkplace(
  driver: AgentDriver,
  files: Readonly<Record<string, string>>,
): Promise<AgentWorkplace> {
  const program = await driver.install();
  const api = await startModelApi(driver.protocol);
  const repository = makeRepository({ files });
  const home = join(repository.outer, 'home');
  mkdirSync(home);
  const place: AgentPlace = { program, repository, home, api };
  // A space and a `$`, since the hook's command has to survive those.
  const stateFolder = join(repository.outer, 'state of $USER');
  const env = { ...agentEnvironment(home, api.url), SOFT_LANDING_HOME: stateFolder };
  const cliRun = (args: readonly string[]) => ({
    args: [...args, '--repo', repository.dir, '--home', home],
    cwd: repository.dir,
    env,
  });
  const sights: Files[] = [];
  driver.configure(place);
  return {
    ...place,
    stateFolder,
    sights,
    before: (step) => () => {
      sights.push(filesOnDisk(repository.dir));
      return step;
    },
    fly(script, prompt, more = {}) {
      api.play(script);
      const { env: own, ...command } = driver.command(place, prompt);
      return runAgent({ ...command, cwd: repository.dir, env: { ...env, ...own }, ...more });
    },
    cli: (...args) => softLanding(cliRun(args)),
    cliJson: (...args) => softLandingJson(cliRun(args)),
    async checkpoints() {
      return (await softLandingJson<CheckpointList>(cliRun(['checkpoint', 'list']))).checkpoints;
    },
    async close() {
      await api.stop();
      await untilNobodyUses(repository.outer);
      repository.remove();
    },
  };
}
