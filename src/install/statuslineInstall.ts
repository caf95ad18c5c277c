import { said } from '../protocol/sentence.ts';
import { addTee, removeTee, statuslineCommand, teedStatusline } from '../agents/claude/statuslineSettings.ts';
import { fail, type Result } from '../protocol/result.ts';
import type { InstallRequest } from './agentInstall.ts';
import { claudeInstall } from './claudeInstall.ts';
import type { LauncherTarget } from './launcher.ts';
import {
  installInto,
  uninstallFrom,
  type InstallChange,
  type InstallFailure,
  type InstallTarget,
} from './settingsInstall.ts';
import { statuslineLauncherFile, writeStatuslineLauncher } from './statuslineLauncher.ts';

/** Whose statusline it is. */
export const teedAgent = claudeInstall;

/** The tee before the statusline that Claude Code's settings name. */
function teeIn({ scope, projectDir, surroundings, launcher }: InstallRequest): InstallTarget {
  return statuslineTarget(claudeInstall.file(scope, projectDir, surroundings), launcher);
}

/** The same in a settings file that is known already. */
export function statuslineTarget(file: string, launcher: LauncherTarget): InstallTarget {
  const program = statuslineLauncherFile(launcher.stateFolder);
  return {
    agent: 'claude',
    part: 'statusline',
    file,
    add: (text) => addTee(text, program),
    remove: removeTee,
    has: (text) => {
      const present = statuslineCommand(text);
      return 'command' in present && present.command !== null && teedStatusline(present.command)?.launcher === program;
    },
    prepare: ({ stateFolder }) => writeStatuslineLauncher(stateFolder),
  };
}

/** Puts the tee before the user's own statusline. A second install changes nothing. */
export async function installStatusline(request: InstallRequest): Promise<Result<InstallChange, InstallFailure>> {
  if (request.surroundings.platform === 'win32')
    return fail({ reason: 'failed', ...said('The statusline tee is a shell script; there is none for Windows yet.') });
  return installInto(teeIn(request), request);
}

/** Takes the tee out again: the former bytes if nobody touched the file since, else the user's own command in its place. */
export function uninstallStatusline(request: InstallRequest): Promise<Result<InstallChange, InstallFailure>> {
  return uninstallFrom(teeIn(request), request);
}
