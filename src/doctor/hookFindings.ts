import type { HookRunFacts, LauncherFacts, SettingsFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { ageWords } from './words.ts';

export interface HookFacts {
  readonly settings: readonly SettingsFacts[];
  readonly launcher: LauncherFacts;
  readonly hookRuns: HookRunFacts;
}

/** Do the hooks that are installed start something that works? Where none are installed, nothing has to. */
export function hookFindings({ settings, launcher, hookRuns }: HookFacts, now: number): readonly Finding[] {
  const installed = settings.filter(({ hooks }) => hooks.kind === 'installed');
  const perFile = settings.flatMap((each) => settingsFinding(each, launcher));
  if (installed.length === 0) {
    const none: Finding = {
      area: 'hooks',
      level: 'note',
      title: 'No hooks are installed',
      detail: 'No checkpoint is made before an agent edits. The gauge and checkpoints by hand work without them.',
      fix: 'soft-landing install claude',
    };
    return [...perFile, none];
  }
  return [...perFile, ...launcherFindings(launcher), runFinding(hookRuns, now)];
}

function settingsFinding({ file, scope, hooks }: SettingsFacts, launcher: LauncherFacts): readonly Finding[] {
  const where = scope === null ? '' : ` (${scope})`;
  const again = `soft-landing install claude${scope === null || scope === 'user' ? '' : ` --scope ${scope}`}`;
  const finding = (level: Finding['level'], title: string, detail: string, fix: string | null): readonly Finding[] => [
    { area: 'hooks', level, title: `${title}${where}`, detail, fix },
  ];
  if (hooks.kind === 'unreadable') {
    return finding(
      'problem',
      "Claude Code's settings cannot be read",
      `${file}: ${hooks.why}. It was left alone; Claude Code cannot use it either.`,
      `Mend ${file}, then run this again.`,
    );
  }
  // A file that was installed into and has no hooks any more belongs to its owner: nothing is wrong.
  if (hooks.kind === 'none') return [];
  if (hooks.isDisabled) {
    return finding(
      'problem',
      'Hooks are installed, but switched off',
      `${file} has "disableAllHooks": no checkpoint is made before an edit.`,
      `Take "disableAllHooks" out of ${file}, or remove our hooks with \`soft-landing uninstall claude\`.`,
    );
  }
  const foreign = hooks.launchers.filter((each) => each !== launcher.file);
  if (foreign.length > 0) {
    return finding(
      hooks.launchers.includes(launcher.file) ? 'note' : 'problem',
      'The hooks belong to another state folder',
      `${file} starts ${foreign.join(', ')}, not ${launcher.file}.`,
      `${again} (with the SOFT_LANDING_HOME that is to be used)`,
    );
  }
  if (hooks.missingEvents.length > 0) {
    return finding(
      'problem',
      'Hooks are only partly installed',
      `${file} lacks ${hooks.missingEvents.join(', ')}.`,
      again,
    );
  }
  return finding('ok', 'Hooks are installed', `${file}.`, null);
}

function launcherFindings(launcher: LauncherFacts): readonly Finding[] {
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
  const again = 'soft-landing install claude';
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
      fix:
        lastRunAt === null ? 'Start a new session of Claude Code: running ones keep the hooks they began with.' : null,
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
