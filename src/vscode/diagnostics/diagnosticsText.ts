/** One look of `soft-landing doctor`. */
export interface DiagnosedFinding {
  readonly area: string;
  readonly level: string;
  readonly title: string;
  readonly detail: string;
  readonly fix: string | null;
}

export interface Diagnostics {
  readonly at: string;
  readonly version: string;
  /** "name: value" of editor, platform, node */
  readonly surroundings: readonly (readonly [name: string, value: string])[];
  /** settings that differ from their defaults, by key */
  readonly settings: readonly (readonly [key: string, value: unknown])[];
  /** null: the doctor could not be asked, `problem` tells why */
  readonly findings: readonly DiagnosedFinding[] | null;
  readonly problem: string | null;
}

/** What a person may paste into a bug report: facts, without home folder and without anything that looks like a credential. Pure. */
export function diagnosticsText(diagnostics: Diagnostics, home: string): string {
  const { at, version, surroundings, settings, findings, problem } = diagnostics;
  const lines = [
    '# Soft Landing: diagnostics',
    '',
    `- Soft Landing: ${version}`,
    ...surroundings.map(([name, value]) => `- ${name}: ${value}`),
    `- Time: ${at}`,
    '',
    '## Settings that differ from the defaults',
    '',
    ...(settings.length === 0 ? ['none'] : settings.map(([key, value]) => `- \`${key}\`: ${JSON.stringify(value)}`)),
    '',
    '## What `soft-landing doctor` found',
    '',
    ...(findings === null ? [`It could not be asked: ${problem ?? 'unknown'}`] : findings.flatMap(findingLines)),
    '',
  ];
  return withoutSecrets(withoutHome(lines.join('\n'), home));
}

function findingLines({ area, level, title, detail, fix }: DiagnosedFinding): string[] {
  return [
    `- **${level}** (${area}) ${title}`,
    ...[detail, fix === null ? '' : `Fix: ${fix}`].filter(Boolean).map((line) => `  ${line}`),
  ];
}

/** The home folder, which has the user's name in it, as `~`; on Windows in each of the ways it is written. */
export function withoutHome(text: string, home: string): string {
  if (home.length < 2) return text;
  const spellings = new Set([home, home.replaceAll('\\', '/'), home.replaceAll('\\', '\\\\')]);
  let result = text;
  for (const spelling of spellings) {
    const pattern = new RegExp(`${spelling.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\\w.-])`, 'gi');
    result = result.replace(pattern, '~');
  }
  return result;
}

/** The forms in which keys of vendors and of git hosts come, and anything that is called a key, token, password or secret. */
const secrets = [
  /\b(?:sk|pk|rk)-[\w-]{16,}/g,
  /\bgh[a-z]_\w{16,}|\bgithub_pat_\w{16,}|\bglpat-[\w-]{16,}|\bxox[a-z]-[\w-]{10,}|\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}/g,
  /\bBearer\s+[\w.~+/-]{8,}=*/gi,
  /(?<=:\/\/)[^/\s:@]+:[^/\s@]+(?=@)/g,
  /(?<=\b[\w-]*(?:token|secret|password|passwd|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"',;]{6,}/gi,
];

export function withoutSecrets(text: string): string {
  return secrets.reduce((result, pattern) => result.replace(pattern, '(removed)'), text);
}
