import { findingAreas, type Finding, type FindingArea, type FindingLevel } from '../doctor/finding.ts';
import { plural } from '../protocol/plural.ts';
import { colors } from './colors.ts';

const headings: Record<FindingArea, string> = {
  agents: 'Agents',
  readings: 'Limits',
  meter: 'Usage meter',
  state: 'State folder',
  hooks: 'Hooks',
  git: 'Git',
  checkpoints: 'Checkpoints',
};

/** Words, not signs alone: they must be found with grep, and told apart without colour. */
const marks: Record<FindingLevel, string> = {
  ok: colors.green('ok     '),
  note: colors.yellow('note   '),
  problem: colors.red('problem'),
};

/** The findings for people, by area. */
export function doctorText(findings: readonly Finding[]): string {
  const blocks = findingAreas.flatMap((area) => {
    const own = findings.filter((each) => each.area === area);
    return own.length === 0 ? [] : [[colors.bold(headings[area]), ...own.flatMap(lines)].join('\n')];
  });
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const summary = problems === 0 ? 'No problems found.' : `${plural(problems, 'problem')} found.`;
  return [...blocks, summary].join('\n\n');
}

function lines({ level, title, detail, fix }: Finding): readonly string[] {
  const indent = ' '.repeat(11);
  const rest = [colors.dim(detail), ...(fix === null ? [] : [`Fix: ${fix}`])];
  return [`  ${marks[level]}  ${title}`, ...rest.map((line) => `${indent}${line}`)];
}
