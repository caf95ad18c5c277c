/** The folder of ours in a person's folder: plans and what is written for their agents. It ignores itself (`.gitignore`). */
export const planFolder = '.soft-landing';

/** The plan's path below the folder that it is about, where the user has set no other; with `/` on every system. */
export const defaultPlanName = `${planFolder}/plan.md`;

/** Whether a path can be a plan's in any folder: below it, and a file's. */
export function isPlanName(name: string): boolean {
  const parts = name.split(/[\\/]/);
  return !/^[a-z]:|^~/i.test(name) && parts.every((part) => part.trim() !== '' && part !== '.' && part !== '..');
}
