import { bytesText } from '../checkpoints/view/bytesText.ts';
import type { ReadingFacts, SourceFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { ageWords, countWords, durationWords } from './words.ts';

/** So far ahead of the clock no row of this machine can be: it was set back, or the row is wrong. */
const tooFarAhead = 5 * 60_000;

/** Agents whose files were looked for. Where none of an agent's folders is there, that is one finding, not one per folder. */
export function sourceFindings(sources: readonly SourceFacts[], now: number): readonly Finding[] {
  const agents = [...new Set(sources.map(({ agent }) => agent))];
  const present = sources.filter(({ state }) => state !== 'absent');
  const findings = agents.flatMap((agent) => {
    const own = present.filter((source) => source.agent === agent);
    return own.length === 0 ? [absent(agent, sources)] : own.map((source) => sourceFinding(source, now));
  });
  if (present.length > 0) return findings;
  return [
    {
      area: 'agents',
      level: 'note',
      title: 'No files of any agent were found',
      detail: `Looked in ${sources.map(({ root }) => root).join(', ')}.`,
      fix: 'Start an agent once; if its files lie elsewhere, set its own variable (such as CLAUDE_CONFIG_DIR or CODEX_HOME) for Soft Landing too.',
    },
  ];
}

function absent(agent: string, sources: readonly SourceFacts[]): Finding {
  const roots = sources.filter((source) => source.agent === agent).map(({ root }) => root);
  return {
    area: 'agents',
    level: 'ok',
    title: `${agent}: not used here`,
    detail: `No ${roots.join(', no ')}.`,
    fix: null,
  };
}

function sourceFinding(source: SourceFacts, now: number): Finding {
  const { agent, root, state, files, rows, bytes, newestAt, skipped, problem } = source;
  const base = { area: 'agents', title: `${agent}: ${root}` } as const;
  if (state !== 'readable') {
    const what = state === 'unreadable' ? 'cannot be read' : 'is not a folder';
    return {
      ...base,
      level: 'problem',
      detail: `It ${what}, so its use is not counted. Nothing was changed.`,
      fix: `Make ${root} readable for this user, then run this again.`,
    };
  }
  const newest = newestAt === null ? 'none tells of use' : `newest row ${ageWords(now - newestAt)}`;
  const counts = `${countWords(files, 'file')} (${bytesText(bytes)}), ${countWords(rows, 'row')}, ${newest}`;
  const left = skipped.map(
    ({ reason, count, example }) => `${count.toLocaleString('en-US')} ${reason}, such as ${example}`,
  );
  const detail = [`${counts}.`, ...(left.length === 0 ? [] : [`Passed over: ${left.join('; ')}.`])].join(' ');
  if (problem !== null) {
    return {
      ...base,
      level: 'problem',
      detail: `${detail} Its database ${problem}. The other files were read.`,
      fix: 'Run `soft-landing` with Node 22.13 or later; in the editor nothing is needed, it brings its own.',
    };
  }
  const denied = skipped.find(({ reason }) => reason === 'no permission');
  if (denied !== undefined) {
    return {
      ...base,
      level: 'problem',
      detail,
      fix: `Give this user the right to read ${denied.example} and its like.`,
    };
  }
  if (newestAt !== null && newestAt - now > tooFarAhead) {
    return {
      ...base,
      level: 'note',
      detail: `${detail} That is later than this machine's clock.`,
      fix: 'Check the clock.',
    };
  }
  return { ...base, level: skipped.length === 0 ? 'ok' : 'note', detail, fix: null };
}

/** What the transcripts say of the windows that have not reset. */
export function readingFindings(readings: readonly ReadingFacts[], now: number): readonly Finding[] {
  const current = readings.filter(({ resetsAt }) => resetsAt === null || resetsAt > now);
  if (current.length === 0) {
    const past =
      readings.length === 0 ? '' : ` ${countWords(readings.length, 'reading')} of windows that have reset since.`;
    return [
      {
        area: 'readings',
        level: 'note',
        title: 'No limit is known',
        detail: `No transcript names a limit of a window that is still open.${past} The gauge shows tokens instead of percent.`,
        fix: null,
      },
    ];
  }
  return current.map(({ agent, account, window, usedPercent, resetsAt, capturedAt, source }) => ({
    area: 'readings',
    level: 'ok',
    title: `${agent} ${window}: ${Math.floor(usedPercent)} % used`,
    detail: `From ${source} of ${account}, ${ageWords(now - capturedAt)}${resetsAt === null ? '' : `; resets in ${durationWords(resetsAt - now)}`}.`,
    fix: null,
  }));
}
