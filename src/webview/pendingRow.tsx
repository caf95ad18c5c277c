import { RowBones } from './skeleton.tsx';

interface PendingRowProps {
  readonly top: number;
  readonly height: number;
}

/** The place of a row that has not come yet. */
export function PendingRow({ top, height }: PendingRowProps) {
  return (
    <div class="row pending" aria-hidden="true" style={{ transform: `translateY(${top}px)`, height: `${height}px` }}>
      <RowBones />
    </div>
  );
}
