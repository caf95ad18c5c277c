import { join } from 'node:path';
import { laneMark, type ToolCall } from './messagesApi.ts';

// Calls of Claude Code's own tools, as its model makes them.

export function read(dir: string, path: string): ToolCall {
  return { name: 'Read', input: { file_path: join(dir, path) } };
}

export function edit(dir: string, path: string, before: string, after: string): ToolCall {
  return { name: 'Edit', input: { file_path: join(dir, path), old_string: before, new_string: after } };
}

export function write(dir: string, path: string, content: string): ToolCall {
  return { name: 'Write', input: { file_path: join(dir, path), content } };
}

export function bash(command: string): ToolCall {
  return { name: 'Bash', input: { command, description: 'Run a command' } };
}

export function agent(lane: string, task: string): ToolCall {
  const prompt = `${laneMark(lane)} ${task}`;
  return {
    name: 'Agent',
    input: { description: task, prompt, subagent_type: 'general-purpose', run_in_background: false },
  };
}
