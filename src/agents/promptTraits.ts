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

/** Sticky: looked for at one place, where a word begins. */
const expressions = patterns.map(
  ({ words, isWhole }) => new RegExp(`(?:${words.join('|')})${isWhole ? '\\b' : ''}`, 'y'),
);

/** Most words of a prompt begin like none of these: by three letters, and by four, which patterns a word can be of, a bit for each. */
const slots = 2 ** 15;
const [ofThree, ofFour] = [new Uint16Array(slots), new Uint16Array(slots)];
for (const [index, { words }] of patterns.entries()) {
  for (const word of words) {
    // As far as it is the same in all that the pattern stands for.
    const [beginning = ''] = /^[a-z ]+?(?=[^a-z ]|.\?|$)/.exec(word) ?? [];
    const three = threeAt(beginning, 0);
    if (beginning.length > 3) mark(ofFour, fourAt(three, beginning, 0), index);
    else mark(ofThree, three, index);
  }
}

function mark(table: Uint16Array, letters: number, index: number): void {
  table[slotOf(letters)] = (table[slotOf(letters)] ?? 0) | (1 << index);
}

/** What key words in a text of small letters say of the work. */
export function keyWordTraits(text: string): readonly Trait[] {
  let found = 0;
  let inWord = false;
  for (let index = 0; index < text.length; index += 1) {
    const isLetter = isWordLetter(text.charCodeAt(index));
    if (isLetter && !inWord) {
      const three = threeAt(text, index);
      const possible = (ofThree[slotOf(three)] ?? 0) | (ofFour[slotOf(fourAt(three, text, index))] ?? 0);
      // Most words can be none; and what was found once need not be found again.
      if ((possible & ~found) !== 0) found |= matchesAt(text, index, possible & ~found);
    }
    inWord = isLetter;
  }
  return patterns.flatMap(({ trait }, index) => ((found & (1 << index)) === 0 ? [] : [trait]));
}

/** Which of the possible patterns stand in this place, a bit for each. */
function matchesAt(text: string, at: number, possible: number): number {
  let found = 0;
  for (const [index, expression] of expressions.entries()) {
    if ((possible & (1 << index)) === 0) continue;
    expression.lastIndex = at;
    if (expression.test(text)) found |= 1 << index;
  }
  return found;
}

function threeAt(text: string, index: number): number {
  return (text.charCodeAt(index) << 10) ^ (text.charCodeAt(index + 1) << 5) ^ text.charCodeAt(index + 2);
}

function fourAt(three: number, text: string, index: number): number {
  return (three << 5) ^ text.charCodeAt(index + 3);
}

/** Different letters can share a slot, which costs an expression and loses nothing. */
function slotOf(letters: number): number {
  return (letters ^ (letters >>> 15)) & (slots - 1);
}

/** What `\w` means. */
function isWordLetter(code: number): boolean {
  return code < 128 && wordLetters[code] === 1;
}

const wordLetters = Uint8Array.from({ length: 128 }, (_, code) => (/\w/.test(String.fromCharCode(code)) ? 1 : 0));
