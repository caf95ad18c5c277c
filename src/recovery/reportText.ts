import { agentName } from '../protocol/agentName.ts';
import { plural } from '../protocol/plural.ts';
import { resumeCommand } from './goOn.ts';
import { titleOf, type Report } from './report.ts';
import { reasonWords, timeWords } from './words.ts';

/** Of one file; the whole patch lies beside the report. */
const mostDiffLines = 120;
const mostDiffFiles = 40;

/** REPORT.md: what happened, for the person. */
export function reportText(report: Report, patch: string, timeZone?: string): string {
  const time = (at: number) => timeWords(at, report.recordedAt, timeZone);
  return [
    `# Cut off: ${titleOf(report)}`,
    '',
    `${agentName(report.agent)} was cut off at ${time(report.at)}: ${reasonWords[report.reason]}${report.isInSubagent ? ', in a subagent' : ''}.`,
    '',
    ...facts(report, time),
    '',
    '## What was asked for',
    '',
    ...report.prompts.flatMap((prompt) => [...quote(prompt), '']),
    ...(report.chunk
      ? [`Open in the plan: chunk ${report.chunk.number} of ${report.chunk.of}, “${report.chunk.title}”.`, '']
      : []),
    ...todoLines(report),
    ...unansweredLines(report),
    ...changeLines(report),
    ...wordsLines(report),
    ...goOnLines(report),
    ...diffLines(report, patch),
  ].join('\n');
}

function facts(report: Report, time: (at: number) => string): readonly string[] {
  const { checkpoint, problem, lastGreen, green } = report;
  const minutesLate = Math.round((report.recordedAt - report.at) / 60_000);
  return [
    // Of these nobody said anything: the words are ours.
    ...(report.reason === 'killed' || report.reason === 'compacted'
      ? []
      : [`- The agent’s words: ${oneLine(report.message)}`]),
    ...(report.agent === 'gemini' && report.reason === 'killed'
      ? ['- Gemini CLI leaves no word of a refused request: it may have been a limit.']
      : []),
    ...resetLines(report, time),
    ...(report.continuesItself ? ['- The agent says that it goes on by itself then.'] : []),
    `- Session \`${report.sessionId}\`, in \`${report.cwd}\``,
    checkpoint === null
      ? `- The state could not be saved: ${problem ?? 'unknown'}`
      : `- The state was saved${minutesLate >= 2 ? ` ${plural(minutesLate, 'minute')} later` : ''}: checkpoint \`${checkpoint}\``,
    green === null
      ? `- Whether it works is not known${checkpoint === null ? '.' : `: \`soft-landing checkpoint verify ${checkpoint}\` runs the verify command.`}`
      : `- It was verified: ${green ? 'green' : 'red'}.`,
    lastGreen === null
      ? '- No checkpoint before it was verified green.'
      : `- Last green: “${oneLine(lastGreen.label)}” (\`${lastGreen.id}\`)`,
  ];
}

function resetLines({ reason, resetsAt }: Report, time: (at: number) => string): readonly string[] {
  if (resetsAt !== null) return [`- Resets at ${time(resetsAt)}.`];
  return reason === 'usage-limit' || reason === 'rate-limit' ? ['- When it resets is not told.'] : [];
}

/** Done, half done, not begun: by the agent's own list. */
export function todoLines({ todos }: Pick<Report, 'todos'>): readonly string[] {
  if (todos.length === 0) return [];
  const part = (title: string, status: Report['todos'][number]['status']) => {
    const points = todos.filter((todo) => todo.status === status).map(({ text }) => `- ${oneLine(text)}`);
    return points.length === 0 ? [] : [`**${title}**`, '', ...points, ''];
  };
  return [
    '## The agent’s own list',
    '',
    ...part('Done', 'done'),
    ...part('Half done', 'begun'),
    ...part('Not begun', 'open'),
  ];
}

function unansweredLines({ unanswered }: Report): readonly string[] {
  if (unanswered.length === 0) return [];
  const lines = unanswered.map(({ summary, isInTree, salvaged }) => {
    const saved = salvaged.map((name) => `[${name}](salvaged/${encodeURI(name)})`).join(', ');
    const state = isInTree ? 'it took effect, as the files show' : 'it is not known whether it ran';
    return `- \`${oneLine(summary).replaceAll('`', "'")}\`: ${state}${saved === '' ? '' : `; its code: ${saved}`}`;
  });
  return ['## Calls without a result', '', ...lines, ''];
}

function changeLines({ changes, base, checkpoint }: Report): readonly string[] {
  // Of a state that nobody could look at nothing is known.
  if (checkpoint === null) return ['## Changes', '', 'What has changed is not known.', ''];
  const since =
    base === null
      ? 'the commit'
      : base.isGreen
        ? `the last green checkpoint (“${oneLine(base.label)}”)`
        : `the task began (“${oneLine(base.label)}”)`;
  if (changes.length === 0) return ['## Changes', '', `Nothing has changed since ${since}.`, ''];
  const lines = changes.map(
    ({ path, status, added, deleted }) =>
      `- ${status} \`${path}\`${added === null ? ' (binary)' : ` +${added} −${deleted ?? 0}`}`,
  );
  return [`## Changes since ${since}`, '', ...lines, ''];
}

/** In full: nobody else knows what the agent was about to do. */
export function wordsLines({ lastWords, subagents }: Report): readonly string[] {
  return [
    ...(lastWords === null ? [] : ['## The agent’s last words', '', ...quote(lastWords), '']),
    ...subagents.flatMap(({ task, lastWords: words }) => [
      `## A subagent that had not ended: ${oneLine(task)}`,
      '',
      ...(words === null ? ['It had said nothing.'] : quote(words)),
      '',
    ]),
  ];
}

function goOnLines(report: Report): readonly string[] {
  const resume = resumeCommand(report);
  const back = report.lastGreen ?? report.base;
  return [
    '## How to go on',
    '',
    ...(resume === null ? [] : [`- With the same session: \`${resume}\``]),
    '- With another agent or session: give it [HANDOVER.md](HANDOVER.md).',
    ...(back === null
      ? []
      : [
          `- Back to ${report.lastGreen ? 'the last green state' : 'before the task'}: \`soft-landing checkpoint restore ${back.id}\` (undo: \`soft-landing checkpoint undo\`)`,
        ]),
    '',
  ];
}

function diffLines({ changes }: Report, patch: string): readonly string[] {
  if (changes.length === 0 || patch === '') return [];
  const files = patch.split(/^(?=diff --git )/m).filter((part) => part.startsWith('diff --git '));
  const shown = files.slice(0, mostDiffFiles).flatMap((file) => {
    const lines = file.trimEnd().split('\n');
    const name = / b\/(.+)$/.exec(lines[0] ?? '')?.[1] ?? '';
    const cut = lines.length > mostDiffLines;
    // A fence that the diff itself cannot hold.
    const fence = '`'.repeat(Math.max(3, ...[...file.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
    return [
      `### ${name}`,
      '',
      `${fence}diff`,
      ...lines.slice(0, mostDiffLines),
      fence,
      ...(cut ? ['', `(${lines.length - mostDiffLines} more lines in changes.patch)`] : []),
      '',
    ];
  });
  const more =
    files.length > mostDiffFiles ? [`${plural(files.length - mostDiffFiles, 'more file')} in changes.patch.`, ''] : [];
  return ['## Diff', '', 'The whole of it: [changes.patch](changes.patch)', '', ...shown, ...more];
}

export function quote(text: string): readonly string[] {
  return text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => (line === '' ? '>' : `> ${line}`));
}

export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
