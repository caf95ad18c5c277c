/** Every command of the manifest; a test keeps the two in step. */
export const commandIds = {
  openPanel: 'softLanding.openPanel',
  createCheckpoint: 'softLanding.createCheckpoint',
  resetToCheckpoint: 'softLanding.resetToCheckpoint',
  undoReset: 'softLanding.undoReset',
  installHooks: 'softLanding.installHooks',
  removeHooks: 'softLanding.removeHooks',
  showLog: 'softLanding.showLog',
} as const;

export const panelViewId = 'softLanding.panel';
