import type { RawPath } from './git.ts';

/** `--stdin-paths` reads lines, and unquotes what begins with a quote: C-style, octal for every other byte. */
export function quoteForStdin(path: RawPath): string {
  if (!/["\\\n\r\t]|[^ -~]/.test(path)) return path;
  const quoted = path.replace(/[\\"]|[^ -~]/g, (character) =>
    character === '\\' || character === '"'
      ? `\\${character}`
      : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${quoted}"`;
}
