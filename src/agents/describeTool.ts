import path from 'node:path';
import type { ToolCall } from './agent.ts';

/** What an agent's hook tells of a tool, before it is put into our terms. */
export interface ToolFacts {
  readonly tool: string;
  readonly cwd: string;
  /** as the agent names them, absolute or below `cwd` */
  readonly files: readonly string[];
  readonly command: string | null;
  /** the model's own few words for what it does */
  readonly description: unknown;
  readonly isSubagent: boolean;
}

/** A tool call in our terms. A shell command is not repeated in the summary: it may hold a secret. */
export function describeTool({ tool, cwd, files: named, command, description, isSubagent }: ToolFacts): ToolCall {
  const files = named.map((file) => path.resolve(cwd, file));
  return {
    tool,
    files,
    summary: toolSummary(tool, cwd, files, description),
    work: isSubagent ? 'subagent' : files.length > 0 ? 'edit' : command !== null ? 'shell' : 'other',
    command,
  };
}

/** A few words for lists. */
export function toolSummary(tool: string, cwd: string, files: readonly string[], description: unknown): string {
  const [first, ...more] = files;
  if (first === undefined)
    return typeof description === 'string' && description !== '' ? `${tool}: ${description}` : tool;
  const relative = path.relative(cwd, first);
  const name = relative.startsWith('..') ? first : relative;
  return more.length === 0 ? `${tool} ${name}` : `${tool} ${name} and ${more.length} more`;
}
