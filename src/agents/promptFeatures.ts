import type { PromptFeatures, Trait } from '../protocol/turn.ts';

/** Prompts can hold a whole log: what is asked for stands at one of its ends. */
const looked = 4000;
const counted = 1_000_000;
const longestWord = 300;
const mostFiles = 200;

/**
 * Words, named files and traits of a prompt. Linear in its length. Traits know English; prompts in other languages are told by their size
 * and the files they name.
 */
export function promptFeatures(prompt: string): PromptFeatures {
  const text = prompt.length > 2 * looked ? `${prompt.slice(0, looked)}\n${prompt.slice(-looked)}` : prompt;
  return { words: wordCount(prompt), files: namedFiles(text).length, traits: traitsOf(prompt, text) };
}

/** The same with plan mode, which the prompt's words do not tell. */
export function withPlanMode(features: PromptFeatures, isPlanMode: boolean): PromptFeatures {
  if (!isPlanMode || features.traits.includes('plan')) return features;
  return { ...features, traits: [...features.traits, 'plan'] };
}

/** Paths that a prompt names, each once: `src/app.ts`, `@docs/plan.md`, `app.js:12`. What looks like a web address is none. */
export function namedFiles(text: string): readonly string[] {
  const files = new Set<string>();
  for (const word of text.split(/[\s"'`()[\]{}<>,;|]+/)) {
    if (word.length < 3 || word.length > longestWord || word.includes('://') || word.startsWith('www.')) continue;
    const path = word
      .replace(/^@/, '')
      .replace(/[.:!?]+$/, '')
      .replace(/(?::\d+){1,2}$/, '');
    if (isFileName(path)) files.add(path);
    if (files.size >= mostFiles) break;
  }
  return [...files];
}

const extension =
  /\.(?:[cm]?[jt]sx?|py|rs|go|java|kt|kts|swift|rb|php|c|h|cc|cpp|hpp|cs|fs|scala|clj|ex|exs|erl|hs|ml|lua|r|jl|dart|vue|svelte|astro|html?|s?css|less|md|mdx|rst|txt|json[c5l]?|ya?ml|toml|ini|cfg|conf|env|xml|svg|sql|graphql|proto|sh|bash|zsh|fish|ps1|bat|gradle|tf|lock|ipynb|csv|tex)$/i;
const bareNames = /^(?:Makefile|Dockerfile|Gemfile|Rakefile|Jenkinsfile|CMakeLists\.txt|\.[a-z]+(?:rc|ignore))$/;

function isFileName(path: string): boolean {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  if (bareNames.test(name)) return true;
  // "e.g.", "Node.js" and "v1.2.3" are no files.
  if (/^(?:node|next|vue|express|three|d3|nuxt|ember|backbone|chart|moment)\.js$/i.test(path)) return false;
  return name.length > 3 - 1 && !name.startsWith('.') && extension.test(name) && isPathText(path);
}

/** Letters of any script; those of nearly all paths are told without the tables that takes, which are slow to load. */
function isPathText(path: string): boolean {
  return /^[\w@~.\\/+:#$ -]+$/.test(path) || /^[\p{L}\p{N}_@~.\\/+:#$ -]+$/u.test(path);
}

/** Words between blanks; scripts that write without blanks are counted at two characters a word. */
function wordCount(text: string): number {
  let words = 0;
  let inWord = false;
  let dense = 0;
  const end = Math.min(text.length, counted);
  for (let index = 0; index < end; index += 1) {
    const code = text.charCodeAt(index);
    const isBlank = code <= 0x20 || code === 0xa0 || code === 0x3000;
    if (code >= 0x3040 && code <= 0xd7ff) dense += 1;
    if (!isBlank && !inWord) words += 1;
    inWord = !isBlank;
  }
  return Math.round((words + dense / 2) * (text.length > counted ? text.length / counted : 1));
}

const patterns: readonly (readonly [Trait, RegExp])[] = [
  [
    'everything',
    /\b(?:all (?:the |of the |our )?(?:files|modules|components|tests|usages|call ?sites|endpoints|classes|packages|services)|every (?:file|module|component|test|usage|call ?site|endpoint|class|package|service)|(?:whole|entire) (?:code ?base|project|repo(?:sitory)?|app(?:lication)?|module)|code ?base|everywhere|(?:refactor|rename|rewrite|migrate|convert|update|replace|fix|translate) (?:all|everything|every)|across the (?:project|repo(?:sitory)?|app))\b/,
  ],
  [
    'refactor',
    /\b(?:refactor|restructure|reorgani[sz]e|rename|rewrite|extract|split up|clean ?up|migrate|convert|port|upgrade|modulari[sz]e)/,
  ],
  [
    'fix',
    /\b(?:fix|bugs?|broken|crash\w*|hot ?fix|regression|fails?|failing|error|exception|wrong|repair|debug|issue)\b/,
  ],
  ['feature', /\b(?:add|implement|build|create|support|introduce|develop|feature|integrate|write a)\b/],
  ['tests', /\b(?:unit |integration |e2e )?(?:tests?|specs?|coverage|assertions?)\b/],
  ['docs', /\b(?:docs?|documentation|readme|changelog|comments?|docstrings?|jsdoc|typos?|wording)\b/],
  [
    'complex',
    /\b(?:architecture|concurren\w*|race condition|distributed|deadlock|performance|optimi[sz]e|security|authenticat\w*|authori[sz]ation|oauth|encryption|migration|schema|database|protocol|compiler|parser|real[- ]time|multi[- ]?tenant|payment|from scratch|end[- ]to[- ]end)\b/,
  ],
  [
    'production',
    /\b(?:production|prod|hot ?fix|outage|incident|deploy(?:ment|ed)?|rollback|customers?|live (?:site|system)|urgent)\b/,
  ],
  ['subagents', /\b(?:sub-?agents?|in parallel|parallel agents?|several agents|agent team|spawn)\b/],
  ['plan', /\b(?:plan (?:first|mode|this|it|how)|make a plan|ultraplan)\b/],
];

function traitsOf(prompt: string, text: string): readonly Trait[] {
  const trimmed = prompt.trim();
  if (/^[/!#][\w:-]*(?:\s|$)/.test(trimmed)) return ['command'];
  const words = text.toLowerCase();
  if (isGoOn(trimmed)) return ['go-on'];
  const found = patterns.filter(([, pattern]) => pattern.test(words)).map(([trait]) => trait);
  return isQuestion(trimmed) ? ['question', ...found] : found;
}

const goOn =
  /^(?:(?:yes|yep|yeah|ok|okay|sure|please|thanks?|thank you|great|good|nice|perfect|cool|no|nope|continue|go on|go ahead|proceed|carry on|keep going|next|do it|do that|done|stop|wait|retry|try again|again|resume|hi|hello|hey|lgtm|looks good|approved?|k|y|n|\d{1,2})[\s.,!?…)]*)+$/i;

function isGoOn(prompt: string): boolean {
  return prompt.length <= 60 && goOn.test(prompt);
}

function isQuestion(prompt: string): boolean {
  if (/^(?:how|why|what|where|when|which|who|explain|describe|tell me|show me|summari[sz]e)\b/i.test(prompt))
    return true;
  return prompt.endsWith('?') && !/^(?:can|could|would|will) you\b/i.test(prompt);
}
