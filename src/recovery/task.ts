import type { TodoItem, WorkItem } from '../agents/workItem.ts';
import { turnsOf, type Turn } from './turn.ts';

/** "Continue." and its like name no task: what they are about was asked for before. */
const goingOn =
  /^\s*(?:please\s+)?(?:continue|go on|carry on|proceed|keep going|resume|try again|retry|weiter|mach weiter)\b[\s.!]*$/i;

/** The turns of the task that the last turn works on: it, and those before it that were cut off themselves or that it merely goes on with. */
export function turnsOfTask(items: readonly WorkItem[]): readonly Turn[] {
  const turns = turnsOf(items);
  let first = turns.length - 1;
  while (first > 0) {
    const prompt = turns[first]?.prompt;
    const before = turns[first - 1];
    const goesOn = prompt && (prompt.by === 'agent' || prompt.by === 'event' || goingOn.test(prompt.text));
    if (!goesOn && before?.state === 'ended') break;
    first -= 1;
  }
  return turns.slice(Math.max(0, first));
}

/** The prompts of people that asked for it, in order. */
export function promptsOf(turns: readonly Turn[]): readonly string[] {
  const asked = turns.flatMap(({ prompt }) =>
    prompt && (prompt.by === 'person' || prompt.by === 'command') ? [prompt.text] : [],
  );
  return asked.length > 0 ? asked : turns.flatMap(({ prompt }) => (prompt ? [prompt.text] : []));
}

interface Listed extends TodoItem {
  readonly id: string | null;
}

/** The agent's own to-do list as it stood last. */
export function todosOf(items: readonly WorkItem[]): readonly TodoItem[] {
  let list: readonly Listed[] = [];
  /** call -> place of the point that it made, until its number is told */
  const made = new Map<string, number>();
  for (const item of items) {
    if (item.kind === 'result' && item.todoId !== null) {
      const { todoId: id } = item;
      const place = made.get(item.id);
      list = list.map((todo, at) => (at === place ? { ...todo, id } : todo));
    }
    if (item.kind !== 'call' || item.todo === null) continue;
    const { todo } = item;
    if (todo.change === 'list') {
      list = todo.todos.map((each) => ({ ...each, id: null }));
      made.clear();
    } else if (todo.change === 'add') {
      made.set(item.id, list.length);
      list = [...list, { text: todo.text, status: 'open', id: String(list.length + 1) }];
    } else {
      const { id, text, status } = todo;
      list = list.map((each) =>
        each.id === id ? { ...each, text: text ?? each.text, status: status ?? each.status } : each,
      );
    }
  }
  return list.map(({ text, status }) => ({ text, status }));
}

/** What the agent said last, in full. */
export function lastWords(turns: readonly Turn[]): string | null {
  for (const { items } of [...turns].reverse()) {
    const words = items.findLast((item) => item.kind === 'words');
    if (words?.kind === 'words') return words.text;
  }
  return null;
}
