import type { AgentHookFacts, HookRunFacts, LauncherFacts, SettingsFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { ageWords } from './words.ts';

export interface HookFacts {
  readonly settings: readonly SettingsFacts[];
  readonly agentHooks: readonly AgentHookFacts[];
  readonly launcher: LauncherFacts;
  readonly hookRuns: HookRunFacts;
}

/** Do the hooks that are installed start something that works? Where none are installed, nothing has to. */
export function hookFindings({ settings, agentHooks, launcher, hookRuns }: HookFacts, now: number): readonly Finding[] {
  const installed = settings.filter(({ hooks }) => hooks.kind === 'installed');
  const perFile = settings.flatMap((each) => settingsFinding(each, launcher));
  if (installed.length === 0) {
    const none: Finding = {
      area: 'hooks',
      level: 'note',
      title: 'No hooks are installed',
      detail: 'No checkpoint is made before an agent edits. The gauge and checkpoints by hand work without them.',
      fix: `soft-landing install ${agentHooks.find(({ isFound }) => isFound)?.agent ?? 'claude'}`,
    };
    return [...perFile, none];
  }
  const rest = agentHooks.filter(({ isFound, state }) => isFound && state === 'missing').map(missingFinding);
  return [...perFile, ...rest, ...launcherFindings(launcher, installed[0]), runFinding(hookRuns, now)];
}

/** Where one agent has hooks, another that is here may have been forgotten. */
function missingFinding({ agent, title }: AgentHookFacts): Finding {
  return {
    area: 'hooks',
    level: 'note',
    title: `${title} has no hooks of ours`,
    detail: 'No checkpoint is made before it edits, and it is not told when its budget runs out.',
    fix: `soft-landing install ${agent}`,
  };
}

function installCommand({ agent, scope }: SettingsFacts): string {
  return `soft-landing install ${agent}${scope === null || scope === 'user' ? '' : ` --scope ${scope}`}`;
}

function settingsFinding(settings: SettingsFacts, launcher: LauncherFacts): readonly Finding[] {
  const { agent, title: name, file, scope, hooks } = settings;
  const where = scope === null ? '' : ` (${scope})`;
  const again = installCommand(settings);
  const finding = (level: Finding['level'], title: string, detail: string, fix: string | null): readonly Finding[] => [
    { area: 'hooks', level, title: `${title}${where}`, detail, fix },
  ];
  if (hooks.kind === 'unreadable') {
    return finding(
      'problem',
      `${name}'s settings cannot be read`,
      `${file}: ${hooks.why}. It was left alone; ${name} cannot use it either.`,
      `Mend ${file}, then run this again.`,
    );
  }
  // A file that was installed into and has no hooks any more belongs to its owner: nothing is wrong.
  if (hooks.kind === 'none') return [];
  if (hooks.isDisabled) {
    return finding(
      'problem',
      `${name}'s hooks are installed, but switched off`,
      `${file} switches them off: no checkpoint is made before an edit.`,
      `Switch hooks on in ${file}, or remove ours with \`soft-landing uninstall ${agent}\`.`,
    );
  }
  const foreign = hooks.launchers.filter((each) => each !== launcher.file);
  if (foreign.length > 0) {
    return finding(
      hooks.launchers.includes(launcher.file) ? 'note' : 'problem',
      `${name}'s hooks belong to another state folder`,
      `${file} starts ${foreign.join(', ')}, not ${launcher.file}.`,
      `${again} (with the SOFT_LANDING_HOME that is to be used)`,
    );
  }
  if (hooks.missingEvents.length > 0) {
    return finding(
      'problem',
      `${name}'s hooks are only partly installed`,
      `${file} lacks ${hooks.missingEvents.join(', ')}.`,
      again,
    );
  }
  if (hooks.misfit !== null) {
    return finding('problem', `${name} cannot read its settings`, `${file}: ${hooks.misfit}`, again);
  }
  if (hooks.untrustedEvents.length > 0) {
    return finding(
      'problem',
      `${name} does not run our hooks yet`,
      `It skips them without a word until you have agreed to them in it: ${hooks.untrustedEvents.join(', ')}.`,
      `Start ${agent}, open /hooks there and trust those of Soft Landing.`,
    );
  }
  return finding('ok', `${name}'s hooks are installed`, `${file}.`, null);
}

function launcherFindings(launcher: LauncherFacts, installed: SettingsFacts | undefined): readonly Finding[] {
  const { file, state, isExecutable, hook, hookExists, runtime } = launcher;
  const broken = (title: string, detail: string, fix: string): readonly Finding[] => [
    {
      area: 'hooks',
      level: 'problem',
      title,
      detail: `${detail} Agents go on undisturbed, but without checkpoints.`,
      fix,
    },
  ];
  const again = installed ? installCommand(installed) : 'soft-landing install claude';
  if (state === 'absent') return broken("The hooks' launcher is missing", `There is no ${file}.`, again);
  if (state === 'not-ours')
    return broken("The hooks' launcher was changed", `${file} is not what was written there.`, again);
  if (!isExecutable)
    return broken("The hooks' launcher may not be run", `${file} is not executable.`, `chmod 700 '${file}'`);
  if (!hookExists) {
    return broken("The hooks' program is gone", `${file} starts ${hook ?? ''}, which is not there.`, again);
  }
  if (runtime === null) {
    return broken(
      'No Node for the hooks',
      'None of the programs that the launcher tries is there.',
      `Install Node 20.19 or later, then: ${again}`,
    );
  }
  return [
    {
      area: 'hooks',
      level: 'ok',
      title: 'The launcher starts what is there',
      detail: `${hook ?? ''}, with ${runtime}.`,
      fix: null,
    },
  ];
}

function runFinding({ lastRunAt, lastFailure }: HookRunFacts, now: number): Finding {
  const ran = lastRunAt === null ? 'No hook has run yet' : `A hook ran ${ageWords(now - lastRunAt)}`;
  if (lastFailure === null)
    return {
      area: 'hooks',
      level: lastRunAt === null ? 'note' : 'ok',
      title: ran,
      detail: 'No failure is in the log.',
      fix: lastRunAt === null ? 'Start a new session of the agent: running ones keep the hooks they began with.' : null,
    };
  const failed = `${ageWords(now - lastFailure.at)}: ${lastFailure.text}`;
  if (lastFailure.at <= (lastRunAt ?? -Infinity)) {
    return { area: 'hooks', level: 'ok', title: ran, detail: `The last failure was before that, ${failed}`, fix: null };
  }
  return {
    area: 'hooks',
    level: 'problem',
    title: 'The last hook did not save',
    detail: `${failed} Earlier checkpoints are kept.`,
    fix: 'soft-landing checkpoint create (it says what is in the way)',
  };
}
