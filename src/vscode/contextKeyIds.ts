/** What menus, commands and the walkthrough go by. Every key of the manifest's `when`, `enablement` and `completionEvents` is here. */
export const contextKeys = {
  hooksInstalled: 'softLanding.hooksInstalled',
  hasCheckpoints: 'softLanding.hasCheckpoints',
  canUndo: 'softLanding.canUndo',
  triedReset: 'softLanding.triedReset',
  hasVerifyCommand: 'softLanding.hasVerifyCommand',
  reserveChosen: 'softLanding.reserveChosen',
} as const;
