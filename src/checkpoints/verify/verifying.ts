import path from 'node:path';
import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import { fail } from '../../protocol/result.ts';
import { attempt, type Outcome } from '../attempt.ts';
import type { Restored } from '../checkpoints.ts';
import type { Repository } from '../git/repository.ts';
import { summarize, type CheckpointPurpose } from '../record/checkpointRecord.ts';
import { changeRepositorySettings, readRepositorySettings } from '../repositorySettings.ts';
import type { Selection } from '../scope.ts';
import type { SetTools } from '../sets/members.ts';
import type { Verification, VerifyRequest } from './verify.ts';
import {
  isAgreed,
  verifyCommandFor,
  withApproval,
  withVerifyCommand,
  type VerifyCommand,
  type VerifySettings,
} from './verifyCommands.ts';

const onDemand = () => import('../onDemand.ts');

/** What verifying needs of the facade. */
export interface FacadeDoors {
  readonly create: (purpose: CheckpointPurpose) => Outcome<CheckpointSummary>;
  readonly locked: <Value>(work: () => Promise<Value>) => Outcome<Value>;
  readonly restore: (id: string, options: Selection) => Outcome<Restored>;
}

/** The part of the facade (checkpoints.ts) that is about green and red. */
export class Verifying {
  readonly #repository: Repository;
  readonly #scope: string;
  readonly #tools: SetTools;
  readonly #doors: FacadeDoors;

  constructor(repository: Repository, scope: string, tools: SetTools, doors: FacadeDoors) {
    this.#repository = repository;
    this.#scope = scope;
    this.#tools = tools;
    this.#doors = doors;
  }

  /** What verifies the folder that was opened; null: nobody has set anything. */
  command(): Outcome<VerifyCommand | null> {
    return attempt(async () => verifyCommandFor((await readRepositorySettings(this.#repository)).verify, this.#scope));
  }

  /** For the folder that was opened, and those in it that have none of their own; null: none any more. */
  setCommand(command: string | null): Outcome<void> {
    return this.#change((settings) => withVerifyCommand(settings, this.#scope, command));
  }

  /** Whether a person has agreed that this command of a plan, which an agent may have written, is run here. */
  isAgreed(command: string): Outcome<boolean> {
    return attempt(async () => isAgreed((await readRepositorySettings(this.#repository)).verify, command));
  }

  agree(command: string): Outcome<void> {
    return this.#change((settings) => withApproval(settings, command));
  }

  #change(change: (settings: VerifySettings) => VerifySettings): Outcome<void> {
    return this.#doors.locked(async () => {
      const { verify } = await readRepositorySettings(this.#repository);
      const { commands, approved } = change(verify);
      await changeRepositorySettings(this.#repository, {
        verify: { commands: { ...commands }, approved: [...approved] },
      });
    });
  }

  /**
   * Runs a verify command on the present files, and marks their checkpoint green or red if they are still the same afterwards.
   * Checkpoints and resets are possible meanwhile. The caller answers for the command: it is run as the user.
   * @param request `folder`: where it is run, relative to the top; by default the folder that was opened
   */
  async run({ folder, ...request }: VerifyRequest & { readonly folder?: string }): Outcome<Verification> {
    const { verify } = await onDemand();
    const cwd = path.join(this.#repository.top, folder ?? this.#scope);
    return verify(this.#repository, this.#tools, this.#doors, { ...request, cwd });
  }

  /** The newest checkpoint that passed its verify command; null: none has. */
  lastGreen(): Outcome<CheckpointSummary | null> {
    return attempt(async () => {
      const found = await (await onDemand()).lastGreen(this.#repository);
      return found && summarize(found);
    });
  }

  /** A reset to it. */
  async resetToLastGreen(options: Selection = {}): Outcome<Restored> {
    const green = await this.lastGreen();
    if (!green.ok) return green;
    if (green.value) return this.#doors.restore(green.value.id, options);
    return fail({
      reason: 'no-green',
      message: 'No checkpoint here has passed its verify command yet. Nothing was changed.',
    });
  }
}
