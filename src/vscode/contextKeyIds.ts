/**
 * What menus, commands and the walkthrough go by. Every key of the manifest's `when`, `enablement` and `completionEvents` is here.
 * Checkpoints and resets are looked for in trusted workspaces only, so their keys stand for trust as well; the editor's own
 * `isWorkspaceTrusted` is true only some seconds after a window's start.
 */
export const contextKeys = {
  hooksInstalled: 'softLanding.hooksInstalled',
  hasCheckpoints: 'softLanding.hasCheckpoints',
  canUndo: 'softLanding.canUndo',
  triedReset: 'softLanding.triedReset',
  hasVerifyCommand: 'softLanding.hasVerifyCommand',
  reserveChosen: 'softLanding.reserveChosen',
} as const;
