/** Every command of the manifest; a test keeps the two in step. */
export const commandIds = {
  openPanel: 'softLanding.openPanel',
  createCheckpoint: 'softLanding.createCheckpoint',
  resetToCheckpoint: 'softLanding.resetToCheckpoint',
  undoReset: 'softLanding.undoReset',
  resetChosenFiles: 'softLanding.resetChosenFiles',
  showChangesSince: 'softLanding.showChangesSince',
  showCheckpointChanges: 'softLanding.showCheckpointChanges',
  openFileAsItWas: 'softLanding.openFileAsItWas',
  showCheckpointsOfFile: 'softLanding.showCheckpointsOfFile',
  pinCheckpoint: 'softLanding.pinCheckpoint',
  unpinCheckpoint: 'softLanding.unpinCheckpoint',
  renameCheckpoint: 'softLanding.renameCheckpoint',
  deleteCheckpoint: 'softLanding.deleteCheckpoint',
  copyCheckpointId: 'softLanding.copyCheckpointId',
  pruneCheckpoints: 'softLanding.pruneCheckpoints',
  squashCheckpoints: 'softLanding.squashCheckpoints',
  installHooks: 'softLanding.installHooks',
  removeHooks: 'softLanding.removeHooks',
  installGitAlias: 'softLanding.installGitAlias',
  removeGitAlias: 'softLanding.removeGitAlias',
  estimateTask: 'softLanding.estimateTask',
  showLog: 'softLanding.showLog',
} as const;

export const panelViewId = 'softLanding.panel';
