import { isatty } from 'node:tty';
import pc from 'picocolors';

// picocolors by itself also colours where CI is set; ours is for terminals only (and never with NO_COLOR). `stdout.isTTY` would not do: it
// is missing on a pipe, and picocolors takes a missing answer for its own.
export const colors = pc.createColors(isatty(1) && !process.env['NO_COLOR']);
