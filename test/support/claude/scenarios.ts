import { join } from 'node:path';
import { filesOnDisk, type Files } from '../workingTree.ts';
import type { Scenario, Step, StepSource } from './messagesApi.ts';
import { agent, bash, edit, read, write } from './toolCalls.ts';

/** The working tree as it was when the model was about to ask for an edit: the API is waited for then, so nothing else moves. */
export interface Sight {
  readonly edit: string;
  readonly files: Files;
}

/** Looks at a working tree while a scenario plays. */
export class Witness {
  readonly dir: string;
  readonly sights: Sight[] = [];

  constructor(dir: string) {
    this.dir = dir;
  }

  /** A step that records the disk before it is answered. */
  before(edit: string, step: Step): StepSource {
    return () => {
      this.sights.push({ edit, files: filesOnDisk(this.dir) });
      return step;
    };
  }
}

/** The files that the scenarios below edit. */
export const scenarioFiles = {
  'app.js': 'function add(a, b) {\n  return a - b;\n}\nmodule.exports = { add };\n',
  'README.md': '# Scratch\n',
  'notes.ipynb': `${JSON.stringify(
    {
      cells: [
        { cell_type: 'code', id: 'first', execution_count: null, metadata: {}, outputs: [], source: ['print(1)\n'] },
      ],
      metadata: { language_info: { name: 'python' } },
      nbformat: 4,
      nbformat_minor: 5,
    },
    null,
    1,
  )}\n`,
} as const;

/** What the scenarios leave in app.js. */
export const fixedApp = scenarioFiles['app.js'].replace('a - b', 'a + b');

/** Edit, Write, Bash and NotebookEdit, one after another, with a prompt cache that grows as a real one does. */
export function everyEditTool(witness: Witness): Scenario {
  const { dir } = witness;
  return {
    main: [
      {
        thinking: 'I should look first.',
        text: 'Reading.',
        // A notebook's tool is not offered until it is asked for.
        tools: [
          read(dir, 'app.js'),
          read(dir, 'notes.ipynb'),
          { name: 'ToolSearch', input: { query: 'select:NotebookEdit', max_results: 1 } },
        ],
        tokens: { input: 4, cacheWrite5m: 12_001, output: 95 },
      },
      witness.before('Edit', {
        text: 'The operator is wrong.',
        tools: [edit(dir, 'app.js', 'a - b', 'a + b')],
        tokens: { input: 6, cacheWrite5m: 310, cacheRead: 12_001, output: 120 },
      }),
      witness.before('Write', {
        text: 'A note of it.',
        tools: [write(dir, 'NOTES.md', '# Notes\n\nadd() adds.\n')],
        tokens: { input: 7, cacheWrite5m: 280, cacheRead: 12_311, output: 88 },
      }),
      witness.before('Bash', {
        text: 'Checking.',
        tools: [bash('echo generated > generated.txt && rm README.md')],
        tokens: { input: 8, cacheWrite5m: 150, cacheWrite1h: 50, cacheRead: 12_591, output: 140 },
      }),
      witness.before('NotebookEdit', {
        text: 'The notebook too.',
        tools: [
          {
            name: 'NotebookEdit',
            input: { notebook_path: join(dir, 'notes.ipynb'), cell_id: 'first', new_source: 'print(2)' },
          },
        ],
        tokens: { input: 9, cacheWrite1h: 77, cacheRead: 12_791, output: 60 },
      }),
      { text: 'Done.', tokens: { input: 10, cacheWrite5m: 200, cacheRead: 12_868, output: 40 } },
    ],
  };
}

/** One message that asks for three edits and a command; they run strictly one after another. */
export function severalEditsInOneMessage(witness: Witness): Scenario {
  const { dir } = witness;
  return {
    main: [
      { text: 'Reading.', tools: [read(dir, 'app.js'), read(dir, 'README.md')], tokens: { input: 4, output: 31 } },
      witness.before('all', {
        text: 'All at once.',
        tools: [
          edit(dir, 'app.js', 'a - b', 'a + b'),
          edit(dir, 'README.md', '# Scratch', '# Fixed'),
          write(dir, 'NOTES.md', 'one\n'),
          bash('echo two >> NOTES.md'),
        ],
        tokens: { input: 5, cacheWrite5m: 900, output: 133 },
      }),
      { text: 'Done.', tokens: { input: 6, cacheRead: 900, output: 7 } },
    ],
  };
}

/** The agent commits its edit, then rewrites that commit, as agents do that are asked to tidy up. */
export function commitAndAmend(witness: Witness): Scenario {
  const { dir } = witness;
  return {
    main: [
      { tools: [bash("echo 'one' > NOTES.md && git add --all && git commit --quiet --message=work")] },
      witness.before('amend', {
        tools: [bash("echo 'two' > NOTES.md && git commit --quiet --all --amend --message='better work'")],
      }),
      { tools: [write(dir, 'LAST.md', 'last\n')] },
      { text: 'Committed.' },
    ],
  };
}

/** A subagent does two edits; before the second the tree is as no other event of the session finds it. */
export function oneSubagent(witness: Witness): Scenario {
  const { dir } = witness;
  return {
    main: [
      {
        text: 'Delegating.',
        tools: [agent('fixer', 'fix add()')],
        tokens: { input: 4, cacheWrite5m: 12_000, output: 77 },
      },
      { text: 'It is fixed.', tokens: { input: 5, cacheWrite5m: 400, cacheRead: 12_000, output: 15 } },
    ],
    fixer: [
      {
        tools: [read(dir, 'app.js'), write(dir, 'NOTES.md', 'of the subagent\n')],
        tokens: { input: 3, cacheWrite5m: 8_000, output: 33 },
      },
      witness.before('Edit', {
        tools: [edit(dir, 'app.js', 'a - b', 'a + b')],
        tokens: { input: 2, cacheWrite5m: 210, cacheRead: 8_000, output: 44 },
      }),
      { text: 'add() adds now.', tokens: { input: 1, cacheWrite5m: 220, cacheRead: 8_210, output: 22 } },
    ],
  };
}

/** Two subagents whose edits are answered at the same moment, so that their hooks run at the same time. */
export function parallelSubagents(witness: Witness): Scenario {
  const { dir } = witness;
  const together = meetingOf(2);
  const worker = (path: string, before: string, after: string, output: number): StepSource[] => [
    { tools: [read(dir, path)], tokens: { input: 3, cacheWrite5m: 8_000, output } },
    async () => {
      await together();
      return {
        tools: [edit(dir, path, before, after)],
        tokens: { input: 2, cacheWrite5m: 210, cacheRead: 8_000, output },
      };
    },
    { text: 'Done here.', tokens: { input: 1, cacheRead: 8_210, output } },
  ];
  return {
    main: [
      // So that the state before the two edits is not simply the one that the prompt found.
      { tools: [write(dir, 'NOTES.md', 'first\n')], tokens: { input: 8, output: 21 } },
      witness.before('both', {
        text: 'Two at once.',
        tools: [agent('left', 'fix app.js'), agent('right', 'fix README.md')],
        tokens: { input: 4, cacheWrite5m: 12_000, output: 99 },
      }),
      { text: 'Both are done.', tokens: { input: 5, cacheRead: 12_000, output: 15 } },
    ],
    left: worker('app.js', 'a - b', 'a + b', 41),
    right: worker('README.md', '# Scratch', '# Fixed', 43),
  };
}

/** Waits until so many have come; the test's own timeout ends it where one never does. */
function meetingOf(size: number): () => Promise<void> {
  let arrived = 0;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (open = resolve));
  return async () => {
    arrived += 1;
    if (arrived === size) open();
    await all;
  };
}
