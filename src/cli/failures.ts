import type { Result } from '../protocol/result.ts';
import { CommandError } from './command.ts';

/** The value, or the domain's failure as the CLI reports it (exit 1, reason and message). */
export function unwrap<Value>(result: Result<Value, { readonly reason: string; readonly message: string }>): Value {
  if (result.ok) return result.value;
  throw new CommandError(result.failure.reason, result.failure.message);
}
