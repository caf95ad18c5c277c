import type { DoctorFacts } from './facts.ts';
import { findingAreas, type Finding } from './finding.ts';
import { hookFindings } from './hookFindings.ts';
import { gitFindings, repositoryFindings } from './repositoryFindings.ts';
import { meterFindings } from './meterFindings.ts';
import { readingFindings, sourceFindings } from './sourceFindings.ts';
import { stateFindings } from './stateFindings.ts';

/** What the facts mean, by area, what is wrong first within each. Pure. */
export function findingsOf(facts: DoctorFacts, now: number): readonly Finding[] {
  const all = [
    ...sourceFindings(facts.sources, now),
    ...readingFindings(facts.readings, now),
    ...meterFindings(facts.meter, now),
    ...stateFindings(facts.stateFolder),
    ...hookFindings(facts, now),
    ...gitFindings(facts.git),
    ...repositoryFindings(facts.repository, now),
  ];
  const levels = ['problem', 'note', 'ok'];
  return findingAreas.flatMap((area) =>
    all.filter((each) => each.area === area).sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level)),
  );
}
