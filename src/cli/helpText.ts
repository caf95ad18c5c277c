import { colors } from './colors.ts';
import type { Command } from './command.ts';

/**
 * One line a command, by its name; its options are many, and told by its own help.
 * @param columns of the terminal
 */
export function helpText(commands: readonly Command[], columns: number): string {
  const indent = Math.max(...commands.map(({ name }) => name.length)) + 4;
  const width = Math.min(columns, 120) - indent;
  return [
    'soft-landing: usage gauge, checkpoints, plans, landing and recovery for coding agents',
    '',
    ...commands.map(({ name, summary }) => {
      const words = wrapped(sentence(summary), Math.max(30, width)).map((line) => colors.dim(line));
      return `  ${name.padEnd(indent - 2)}${words.join(`\n${' '.repeat(indent)}`)}`;
    }),
    '',
    '  --json       one JSON document on stdout',
    '  --repo DIR   the repository (default: the working directory)',
    "  --home DIR   stands for the user's home when looking for agents' files",
    '  --version',
    '',
    'soft-landing COMMAND --help shows what a command takes.',
  ].join('\n');
}

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Lines of whole words; a longer word has a line to itself. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
