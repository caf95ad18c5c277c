import type { Trait } from '../protocol/turn.ts';

const many = 'files|modules|components|tests|usages|call ?sites|endpoints|classes|packages|services';
const one = 'file|module|component|test|usage|call ?site|endpoint|class|package|service';
const changes = ['refactor', 'rename', 'rewrite', 'migrate', 'convert', 'update', 'replace', 'fix', 'translate'];

interface Pattern {
  readonly trait: Trait;
  /** each begins with letters, which are all that is looked at first */
  readonly words: readonly string[];
  /** the words end where the pattern does */
  readonly isWhole: boolean;
}

const whole = (trait: Trait, ...words: readonly string[]): Pattern => ({ trait, words, isWhole: true });
const beginning = (trait: Trait, ...words: readonly string[]): Pattern => ({ trait, words, isWhole: false });

const patterns: readonly Pattern[] = [
  whole(
    'everything',
    `all (?:the |of the |our )?(?:${many})`,
    `every (?:${one})`,
    ...['whole', 'entire'].map((all) => `${all} (?:code ?base|project|repo(?:sitory)?|app(?:lication)?|module)`),
    'code ?base',
    'everywhere',
    ...changes.map((change) => `${change} (?:all|everything|every)`),
    'across the (?:project|repo(?:sitory)?|app)',
  ),
  beginning(
    'refactor',
    ...['refactor', 'restructure', 'reorgani[sz]e', 'rename', 'rewrite', 'extract', 'split up', 'clean ?up', 'migrate'],
    ...['convert', 'port', 'upgrade', 'modulari[sz]e'],
  ),
  whole(
    'fix',
    ...['fix', 'bugs?', 'broken', 'crash\\w*', 'hot ?fix', 'regression', 'fails?', 'failing', 'error', 'exception'],
    ...['wrong', 'repair', 'debug', 'issue'],
  ),
  whole(
    'feature',
    ...['add', 'implement', 'build', 'create', 'support', 'introduce', 'develop', 'feature', 'integrate', 'write a'],
  ),
  whole('tests', 'tests?', 'specs?', 'coverage', 'assertions?'),
  whole(
    'docs',
    ...['docs?', 'documentation', 'readme', 'changelog', 'comments?', 'docstrings?', 'jsdoc', 'typos?', 'wording'],
  ),
  whole(
    'complex',
    ...['architecture', 'concurren\\w*', 'race condition', 'distributed', 'deadlock', 'performance', 'optimi[sz]e'],
    ...['security', 'authenticat\\w*', 'authori[sz]ation', 'oauth', 'encryption', 'migration', 'schema', 'database'],
    ...['protocol', 'compiler', 'parser', 'real[- ]time', 'multi[- ]?tenant', 'payment', 'from scratch'],
    'end[- ]to[- ]end',
  ),
  whole(
    'production',
    ...['production', 'prod', 'hot ?fix', 'outage', 'incident', 'deploy(?:ment|ed)?', 'rollback', 'customers?'],
    ...['live (?:site|system)', 'urgent'],
  ),
  whole('subagents', 'sub-?agents?', 'in parallel', 'parallel agents?', 'several agents', 'agent team', 'spawn'),
  whole('plan', 'plan (?:first|mode|this|it|how)', 'make a plan', 'ultraplan'),
];

const expressions = patterns.map(
  ({ words, isWhole }) => new RegExp(`\\b(?:${words.join('|')})${isWhole ? '\\b' : ''}`),
);

/** The fewest and the most letters that are looked at before an expression is tried. */
const fewestLetters = 3;
const letters = 4;

/** By how words begin, the patterns they can be of, a bit for each. Most words of a prompt are of none. */
const beginnings = new Map<number, number>();
for (const [index, { words }] of patterns.entries()) {
  for (const word of words) {
    // As far as it is the same in all that the pattern stands for.
    const [beginning = ''] = /^[a-z ]+?(?=[^a-z ]|.\?|$)/.exec(word) ?? [];
    const key = keyAt(beginning, 0, Math.min(letters, beginning.length));
    beginnings.set(key, (beginnings.get(key) ?? 0) | (1 << index));
  }
}

/** What key words in a text of small letters say of the work. */
export function keyWordTraits(text: string): readonly Trait[] {
  let possible = 0;
  let inWord = false;
  for (let index = 0; index < text.length; index += 1) {
    const isLetter = isWordLetter(text.charCodeAt(index));
    if (isLetter && !inWord)
      for (let count = fewestLetters; count <= letters; count += 1)
        possible |= beginnings.get(keyAt(text, index, count)) ?? 0;
    inWord = isLetter;
  }
  return patterns.flatMap(({ trait }, index) =>
    (possible & (1 << index)) !== 0 && expressions[index]?.test(text) === true ? [trait] : [],
  );
}

/** A number for so many letters. That some others share it costs an expression, and loses nothing. */
function keyAt(text: string, index: number, count: number): number {
  let key = 0;
  for (let place = index; place < index + count; place += 1) key = key * 32 + (text.charCodeAt(place) - 96);
  return key * 8 + count;
}

/** What `\w` means. */
function isWordLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95;
}
