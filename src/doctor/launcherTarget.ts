/** What a launcher starts, read back from its text; null if it is not one that src/install/launcher.ts writes. */
export function launcherTarget(text: string): { readonly hook: string; readonly runtimes: readonly string[] } | null {
  const required = /^try \{ require\((".*")\); \}/m.exec(text)?.[1];
  if (required !== undefined) return windowsTarget(required);
  const hook = shellWords(/^hook=(.*)$/m.exec(text)?.[1] ?? '')[0];
  const runtimes = /^for node in (.*) "\$\(command -v node\)"; do$/m.exec(text)?.[1];
  return hook === undefined || runtimes === undefined ? null : { hook, runtimes: shellWords(runtimes) };
}

function windowsTarget(quoted: string): { readonly hook: string; readonly runtimes: readonly string[] } | null {
  try {
    const hook: unknown = JSON.parse(quoted);
    // There the agent's settings name the Node.
    return typeof hook === 'string' ? { hook, runtimes: [] } : null;
  } catch {
    return null;
  }
}

/** The words that `shellQuote` made. */
function shellWords(text: string): readonly string[] {
  const words = text.match(/'[^']*'(?:\\''[^']*')*/g) ?? [];
  return words.map((word) => word.slice(1, -1).replaceAll(String.raw`'\''`, "'"));
}
