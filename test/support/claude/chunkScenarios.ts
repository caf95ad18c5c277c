import { join } from 'node:path';
import type { Scenario, Step, ToolCall } from './messagesApi.ts';

/** A calculator whose three operations are three chunks; its test knows all that are there. */
export const calculatorFiles = {
  'calculator.js': 'module.exports = {};\n',
  'test.js': [
    "const assert = require('node:assert');",
    "const { add, subtract, multiply } = require('./calculator.js');",
    'if (add) assert.equal(add(2, 3), 5);',
    'if (subtract) assert.equal(subtract(5, 3), 2);',
    'if (multiply) assert.equal(multiply(2, 3), 6);',
    "console.log('all right');",
    '',
  ].join('\n'),
} as const;

export const planText = [
  '# Plan: Calculator',
  '',
  ...['add', 'subtract', 'multiply'].flatMap((name) => [
    `- [ ] ${name}`,
    `  - Done when: ${name} works`,
    '  - Verify: `node test.js`',
    '  - Budget: 20K tokens',
  ]),
  '',
].join('\n');

const operators = { add: '+', subtract: '-', multiply: '*' } as const;
type Operation = keyof typeof operators;

function write(dir: string, path: string, content: string): ToolCall {
  return { name: 'Write', input: { file_path: join(dir, path), content } };
}

/** The file with these operations in it; one of them done wrong, if that is named. */
export function calculator(operations: readonly Operation[], wrong?: Operation): string {
  const lines = operations.map((name) => `  ${name}: (a, b) => a ${name === wrong ? '**' : operators[name]} b,\n`);
  return `module.exports = {\n${lines.join('')}};\n`;
}

/** The agent splits its task, as it was asked to. */
export function writesThePlan(dir: string): Scenario {
  return {
    main: [
      { text: 'I split it.', tools: [write(dir, '.soft-landing/plan.md', planText)], tokens: { output: 300 } },
      { text: 'Three chunks; I stop here.' },
    ],
  };
}

/** One chunk in one turn: the file is read and written, and that is all. */
export function writesTheCalculator(dir: string, text: string, end: Step = { text: 'Done.' }): Scenario {
  return {
    main: [
      {
        text: 'Looking.',
        tools: [{ name: 'Read', input: { file_path: join(dir, 'calculator.js') } }],
        tokens: { input: 1000, output: 50 },
      },
      {
        text: 'Writing.',
        tools: [write(dir, 'calculator.js', text)],
        tokens: { input: 2000, output: 150, cacheRead: 9000 },
      },
      end,
    ],
  };
}
