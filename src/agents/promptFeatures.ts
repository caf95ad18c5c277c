import type { PromptFeatures, Trait } from '../protocol/turn.ts';
import { keyWordTraits } from './promptTraits.ts';

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
  for (const word of wordsWithDots(text)) {
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

/** The words that can be names of files at all: with a dot, or like "Makefile". */
function* wordsWithDots(text: string): Generator<string> {
  let [dot, file, end] = [-1, -1, 0];
  for (;;) {
    if (dot < end) dot = placeOf(text, '.', end);
    if (file < end) file = placeOf(text, 'file', end);
    const at = Math.min(dot, file);
    if (at === Infinity) return;
    let start = at;
    while (start > end && !isSeparator(text.charCodeAt(start - 1))) start -= 1;
    end = at;
    while (end < text.length && !isSeparator(text.charCodeAt(end))) end += 1;
    yield text.slice(start, end);
  }
}

function placeOf(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? Infinity : at;
}

const separator = /[\s"'`()[\]{}<>,;|]/;
const separators = Uint8Array.from({ length: 128 }, (_, code) => (separator.test(String.fromCharCode(code)) ? 1 : 0));

function isSeparator(code: number): boolean {
  return code < 128 ? separators[code] === 1 : separator.test(String.fromCharCode(code));
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

function traitsOf(prompt: string, text: string): readonly Trait[] {
  const trimmed = prompt.trim();
  if (/^[/!#][\w:-]*(?:\s|$)/.test(trimmed)) return ['command'];
  const words = text.toLowerCase();
  if (isGoOn(trimmed)) return ['go-on'];
  const found = keyWordTraits(words);
  return isQuestion(trimmed) ? ['question', ...found] : found;
}

/** A number ends where its digits do: one that could be taken apart in many ways would be tried in all of them. */
const goOn =
  /^(?:(?:yes|yep|yeah|ok|okay|sure|please|thanks?|thank you|great|good|nice|perfect|cool|no|nope|continue|go on|go ahead|proceed|carry on|keep going|next|do it|do that|done|stop|wait|retry|try again|again|resume|hi|hello|hey|lgtm|looks good|approved?|k|y|n|\d{1,2}(?!\d))[\s.,!?…)]*)+$/i;

function isGoOn(prompt: string): boolean {
  return prompt.length <= 60 && goOn.test(prompt);
}

function isQuestion(prompt: string): boolean {
  if (/^(?:how|why|what|where|when|which|who|explain|describe|tell me|show me|summari[sz]e)\b/i.test(prompt))
    return true;
  return prompt.endsWith('?') && !/^(?:can|could|would|will) you\b/i.test(prompt);
}
