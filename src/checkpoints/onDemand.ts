/*
 * What only some calls need: resets, comparisons, managing, commits. In the programs it is a bundle of its own (`onDemand.cjs`), loaded at the
 * first such call: the hook, which saves and nothing else, starts without it, and so does the editor.
 */
export { dropSuperseded, markBurst } from './ambient/ambient.ts';
export { lookAtCleanFiles } from './capture/cleanLook.ts';
export { commitCheckpoint } from './commit/commitMode.ts';
export { compareCheckpoint } from './view/comparison.ts';
export { countedVersions } from './view/fileHistory.ts';
export { fileAt, showCheckpoint } from './view/inspect.ts';
export { stepSizes } from './view/stepSizes.ts';
export { deleteNamed, pinCheckpoint, renameCheckpoint } from './keep/managing.ts';
export { changesSince, patchSince, readPresent } from './sets/memberInspect.ts';
export { deletingMembers, pinMembers } from './sets/memberManaging.ts';
export { measure, prune } from './keep/pruning.ts';
export { previewSet, restoreSet } from './sets/restoreSet.ts';
export { Verifying } from './verify/verifying.ts';
export { previewSquash, squash } from './commit/squash.ts';
