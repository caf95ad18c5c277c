import type { PanelSnapshot } from '../protocol/panel.ts';

/** The host is trusted for the contents; this only tells its snapshots from whatever else is posted into the frame. */
function isSnapshot(value: unknown): value is PanelSnapshot {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'snapshot' &&
    'revision' in value &&
    typeof value.revision === 'number' &&
    'folders' in value &&
    Array.isArray(value.folders) &&
    'gauge' in value
  );
}

/** The snapshot to draw after a message arrived: an older one that overtook a newer one changes nothing. */
export function newerSnapshot(current: PanelSnapshot | null, message: unknown): PanelSnapshot | null {
  if (!isSnapshot(message)) return current;
  return current !== null && message.revision < current.revision ? current : message;
}
