import path from 'node:path';
import { inShort } from '../agents/workItem.ts';
import { agentName } from '../protocol/agentName.ts';
import { plural } from '../protocol/plural.ts';
import { titleOf, type Report } from './report.ts';
import { oneLine, quote, todoLines, wordsLines } from './reportText.ts';
import { reasonWords, timeWords } from './words.ts';

/** HANDOVER.md: for the agent, or the session, that goes on with the task. */
export function handOverText(report: Report, timeZone?: string): string {
  const time = (at: number) => timeWords(at, report.recordedAt, timeZone);
  const { checkpoint, lastGreen, chunk, changes, base } = report;
  return [
    `# Hand-over: ${titleOf(report)}`,
    '',
    `A session of ${agentName(report.agent)} was cut off in the middle of this task (${time(report.at)}: ${reasonWords[report.reason]}). This was put together from its transcript and from git; no model and no person wrote it.`,
    '',
    '## The task, as it was asked for',
    '',
    ...report.prompts.flatMap((prompt) => [...quote(prompt), '']),
    ...(chunk
      ? [`It is chunk ${chunk.number} of ${chunk.of} of the plan in \`${chunk.file}\`: “${chunk.title}”.`, '']
      : []),
    ...todoLines(report),
    '## What was changed so far',
    '',
    checkpoint === null
      ? 'That is not known: look at the files.'
      : changes.length === 0
        ? 'No file was changed.'
        : `Since ${base === null ? 'the last commit' : base.isGreen ? 'the last state that passed its tests' : 'before the task'}:`,
    '',
    ...changes.map(
      ({ path: file, status, added, deleted }) =>
        `- ${status} \`${file}\`${added === null ? '' : ` +${added} −${deleted ?? 0}`}`,
    ),
    '',
    ...unfinished(report),
    ...wordsLines(report),
    '## Before you go on',
    '',
    ...steps(report),
    '',
    '## If it is beyond mending',
    '',
    ...(checkpoint === null ? [] : [`- The state as it was cut off is saved: checkpoint \`${checkpoint}\`.`]),
    lastGreen === null
      ? '- No state is known to have passed its tests.'
      : `- The last state that passed its tests: \`soft-landing checkpoint restore ${lastGreen.id}\`, after asking the user. \`soft-landing checkpoint undo\` takes that back.`,
    '',
  ].join('\n');
}

function unfinished({ unanswered }: Report): readonly string[] {
  if (unanswered.length === 0) return [];
  const lines = unanswered.map(({ summary, isInTree, salvaged }) => {
    const saved = salvaged.map((name) => `\`salvaged/${name}\``).join(', ');
    return `- ${oneLine(summary)}: ${isInTree ? 'it took effect' : 'look whether it took effect'}${saved === '' ? '' : `. Its code: ${saved}, beside this file`}`;
  });
  return ['## Calls that were under way', '', ...lines, ''];
}

function steps(report: Report): readonly string[] {
  const state =
    report.green === null
      ? 'Nobody has run the tests on this state.'
      : report.green
        ? 'The tests passed on this state.'
        : 'The tests failed on this state.';
  return [
    `1. ${state} Run them first, and look at \`git diff\`: an edit may be half done.`,
    `2. Bring what is there to a working state before anything new.`,
    `3. Then go on with what is half done, then with what is not begun.${report.chunk ? ' Stop when the chunk is done and its tests pass.' : ''}`,
  ];
}

/**
 * The same in few words, for the beginning of a new session, or for the clipboard: what an agent that cannot read the report's folder
 * needs to know. It never speaks as the user.
 * @param folder the report's folder; null: it is not named
 */
export function shortHandOver(report: Report, folder: string | null, now: number, timeZone?: string): string {
  const begun = report.todos.filter(({ status }) => status === 'begun').map(({ text }) => inShort(text));
  const open = report.todos.filter(({ status }) => status === 'open').map(({ text }) => inShort(text));
  const files = report.changes.slice(0, 12).map(({ path: file }) => file);
  const more = report.changes.length - files.length;
  const under = report.unanswered.filter(({ isInTree }) => !isInTree).map(({ summary }) => inShort(summary));
  return [
    report.reason === 'compacted'
      ? 'This conversation was compacted in the middle of a task. What stood in it before, as Soft Landing (not the user) has noted it:'
      : `An earlier session of ${agentName(report.agent)} in this folder was cut off at ${timeWords(report.at, now, timeZone)}: ${reasonWords[report.reason]}.`,
    `It was asked: “${inShort(report.prompts.join(' / '), 400)}”`,
    ...(report.chunk
      ? [
          `The plan (${report.chunk.file}) has it at chunk ${report.chunk.number} of ${report.chunk.of}: ${report.chunk.title}.`,
        ]
      : []),
    ...(begun.length > 0 ? [`Half done: ${begun.slice(0, 5).join('; ')}.`] : []),
    ...(open.length > 0 ? [`Not begun: ${open.slice(0, 8).join('; ')}.`] : []),
    report.checkpoint === null
      ? 'Which files it had changed is not known.'
      : files.length === 0
        ? 'It had changed no file.'
        : `It had changed ${plural(report.changes.length, 'file')}: ${files.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
    ...(under.length > 0 ? [`Without a result: ${under.slice(0, 5).join('; ')}.`] : []),
    ...(report.lastWords === null ? [] : [`It said last: “${inShort(report.lastWords, 300)}”`]),
    report.green === null
      ? 'Nobody has run the tests on that state: an edit may be half done.'
      : report.green
        ? 'The tests passed on that state.'
        : 'The tests failed on that state.',
    ...(folder === null ? [] : [`All of it: ${path.join(folder, 'HANDOVER.md')}`]),
  ].join('\n');
}

/** What is put on the clipboard: the user gives it to another agent, so it asks for something. */
export function handOverPrompt(report: Report, folder: string, now: number, timeZone?: string): string {
  return [
    'Go on with a task that another session was cut off from. Read what is there, run the tests, bring it to a working state, then finish the task.',
    '',
    shortHandOver(report, folder, now, timeZone),
  ].join('\n');
}
