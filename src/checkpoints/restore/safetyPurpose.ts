import type { CheckpointPurpose } from '../record/checkpointRecord.ts';
import type { RestoreRequest } from './restore.ts';
import type { RestorePlan } from './restorePlan.ts';

/** What the checkpoint of the state before a reset says of itself: enough to take just that reset back. */
export function safetyPurpose(
  { target, paths, undoes, set }: RestoreRequest,
  { members }: RestorePlan,
  headMoves: boolean,
): CheckpointPurpose {
  const isUndo = undoes !== null;
  return {
    kind: 'safety',
    label: isUndo ? `Before undo of the ${target.label.replace(/^Before /, '')}` : `Before reset to “${target.label}”`,
    before: {
      reset: target.record.id,
      isUndo,
      paths: [...paths],
      headTo: headMoves ? target.record.head : null,
      ...(members.length > 0 ? { members: members.map((member) => member.path) } : {}),
    },
    ...(set === undefined ? {} : { set }),
  };
}
