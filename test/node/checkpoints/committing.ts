import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import type { CheckpointKind } from '../../../src/protocol/checkpoint.ts';
import { value, type Lab } from './lab.ts';

export async function committing(lab: Lab): Promise<Checkpoints> {
  const checkpoints = await lab.open();
  value(await checkpoints.setMode('commit'));
  return checkpoints;
}

export async function create(checkpoints: Checkpoints, label = 'my label', kind: CheckpointKind = 'manual') {
  return value(await checkpoints.create({ kind, label }));
}

export const head = (lab: Lab): string => lab.git('rev-parse', 'HEAD').trim();
