/** The code of a Node system error ("ENOENT"), or null for anything else that was thrown. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** One line for a log or a message. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
