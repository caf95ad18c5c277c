import * as v from 'valibot';

/*
 * The verify commands of a working tree. Two people's trust is in them: what the user has set for a folder, and what the user has agreed
 * to have run for a plan. A plan is a file that agents write; a command in it is nobody's wish until a person has seen it.
 */
export const verifySettingsSchema = v.object({
  /** folder (relative to the top, with slashes; "" for the top itself) → command */
  commands: v.optional(v.record(v.string(), v.string()), {}),
  /** commands of plans that the user has agreed to */
  approved: v.optional(v.array(v.string()), []),
});
export type VerifySettings = Readonly<v.InferOutput<typeof verifySettingsSchema>>;

export interface VerifyCommand {
  readonly command: string;
  /** where it is run, relative to the top, with slashes */
  readonly folder: string;
}

/** The command for a folder: its own, or that of the nearest folder around it. */
export function verifyCommandFor({ commands }: VerifySettings, scope: string): VerifyCommand | null {
  for (let folder = scope; ; folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '') {
    const command = Object.hasOwn(commands, folder) ? commands[folder] : undefined;
    if (command !== undefined && command.trim() !== '') return { command, folder };
    if (folder === '') return null;
  }
}

/** @param command null: none any more */
export function withVerifyCommand(settings: VerifySettings, scope: string, command: string | null): VerifySettings {
  const others = Object.fromEntries(Object.entries(settings.commands).filter(([folder]) => folder !== scope));
  const wanted = command?.trim() ?? '';
  return { ...settings, commands: wanted === '' ? others : { ...others, [scope]: wanted } };
}

/** Whether somebody has agreed to run it in this working tree, as its command or as a plan's. */
export function isAgreed({ commands, approved }: VerifySettings, command: string): boolean {
  return approved.includes(command) || Object.values(commands).includes(command);
}

const mostApproved = 100;

export function withApproval(settings: VerifySettings, command: string): VerifySettings {
  if (isAgreed(settings, command)) return settings;
  return { ...settings, approved: [...settings.approved, command].slice(-mostApproved) };
}
