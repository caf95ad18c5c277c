import { isRecord, textOf } from './fields.ts';
import type { TodoChange, TodoItem } from './workItem.ts';

const statuses: Readonly<Record<string, TodoItem['status']>> = {
  pending: 'open',
  in_progress: 'begun',
  completed: 'done',
  deleted: 'dropped',
  cancelled: 'dropped',
};

/** A status as the agents' to-do tools name it; what is unknown is still to do. */
export function todoStatus(status: unknown): TodoItem['status'] {
  return (typeof status === 'string' ? statuses[status] : undefined) ?? 'open';
}

/** A to-do list as agents write it in one piece: `[{<field>: text, status}]`. */
export function todoList(todos: unknown, field: string): TodoChange | null {
  if (!Array.isArray(todos)) return null;
  const list = todos.flatMap((todo: unknown) => {
    const text = isRecord(todo) ? textOf(todo[field]) : null;
    return isRecord(todo) && text !== null ? [{ text, status: todoStatus(todo['status']) }] : [];
  });
  return { change: 'list', todos: list };
}
