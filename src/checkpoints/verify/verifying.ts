import { said } from '../../protocol/sentence.ts';
import path from 'node:path';
import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import { fail } from '../../protocol/result.ts';
import { attempt, type Outcome } from '../attempt.ts';
import type { Checkpoints, Restored } from '../checkpoints.ts';
import { summarize } from '../record/checkpointRecord.ts';
import { changeRepositorySettings, readRepositorySettings } from '../repositorySettings.ts';
import type { Selection } from '../scope.ts';
import type { SetTools } from '../sets/members.ts';
import { lastGreen, verify, type Verification, type VerifyRequest } from './verify.ts';
import {
  isAgreed,
  verifyCommandFor,
  withApproval,
  withVerifyCommand,
  type VerifyCommand,
  type VerifySettings,
} from './verifyCommands.ts';

/** One checkpoint, reset or change of settings at a time. */
export type Locked = <Value>(work: () => Promise<Value>) => Outcome<Value>;

/** The part of the facade (checkpoints.ts) that is about green and red. */
export class Verifying {
  readonly #facade: Checkpoints;
  readonly #tools: SetTools;
  readonly #locked: Locked;

  constructor(facade: Checkpoints, tools: SetTools, locked: Locked) {
    this.#facade = facade;
    this.#tools = tools;
    this.#locked = locked;
  }

  /** What verifies the folder that was opened; null: nobody has set anything. */
  command(): Outcome<VerifyCommand | null> {
    return attempt(async () =>
      verifyCommandFor((await readRepositorySettings(this.#facade.repository)).verify, this.#facade.scope),
    );
  }

  /** For the folder that was opened, and those in it that have none of their own; null: none any more. */
  setCommand(command: string | null): Outcome<void> {
    return this.#change((settings) => withVerifyCommand(settings, this.#facade.scope, command));
  }

  /** Whether a person has agreed that this command of a plan, which an agent may have written, is run here. */
  isAgreed(command: string): Outcome<boolean> {
    return attempt(async () => isAgreed((await readRepositorySettings(this.#facade.repository)).verify, command));
  }

  agree(command: string): Outcome<void> {
    return this.#change((settings) => withApproval(settings, command));
  }

  #change(change: (settings: VerifySettings) => VerifySettings): Outcome<void> {
    return this.#locked(async () => {
      const { verify } = await readRepositorySettings(this.#facade.repository);
      const { commands, approved } = change(verify);
      await changeRepositorySettings(this.#facade.repository, {
        verify: { commands: { ...commands }, approved: [...approved] },
      });
    });
  }

  /**
   * Runs a verify command on the present files, and marks their checkpoint green or red if they are still the same afterwards.
   * Checkpoints and resets are possible meanwhile. The caller answers for the command: it is run as the user.
   * @param request `folder`: where it is run, relative to the top; by default the folder that was opened
   */
  run({ folder, ...request }: VerifyRequest & { readonly folder?: string }): Outcome<Verification> {
    const cwd = path.join(this.#facade.repository.top, folder ?? this.#facade.scope);
    return verify(this.#facade, this.#tools, this.#locked, { ...request, cwd });
  }

  /** The newest checkpoint that passed its verify command; null: none has. */
  lastGreen(): Outcome<CheckpointSummary | null> {
    return attempt(async () => {
      const found = await lastGreen(this.#facade.repository);
      return found && summarize(found);
    });
  }

  /** A reset to it. */
  async resetToLastGreen(options: Selection = {}): Outcome<Restored> {
    const green = await this.lastGreen();
    if (!green.ok) return green;
    if (green.value) return this.#facade.restore(green.value.id, options);
    return fail({
      reason: 'no-green',
      ...said('No checkpoint here has passed its verify command yet. Nothing was changed.'),
    });
  }
}
