/** What a finding is about, in the order in which they are shown. */
export const findingAreas = ['agents', 'readings', 'meter', 'state', 'hooks', 'git', 'checkpoints'] as const;
export type FindingArea = (typeof findingAreas)[number];

/** ok: works · note: worth knowing, nothing is to be done at once · problem: something that should work does not */
export type FindingLevel = 'ok' | 'note' | 'problem';

/** One thing the doctor looked at. A problem always has a fix; the others have one only where there is something to do. */
export interface Finding {
  readonly area: FindingArea;
  readonly level: FindingLevel;
  readonly title: string;
  /** what was seen; for a problem what happened and what was kept */
  readonly detail: string;
  readonly fix: string | null;
}
