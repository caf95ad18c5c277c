import fc from 'fast-check';

/** Values that no agent writes, or only a broken one. */
const oddTexts = [
  '',
  ' ',
  'NaN',
  'Infinity',
  '-0',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  '2026-02-30T25:61:61Z',
  '2026-11-23',
  '1',
  '-271821-04-20T00:00:00.000Z',
  '+275760-09-13T00:00:00.000Z',
  '+275760-09-13T00:00:00.001Z',
  '1969-12-31T23:59:59.999Z',
  '23 Nov 2026 05:00 GMT+99',
  'msg_ffffffffffffZZ',
  'claude-opus-5-5',
] as const;
const oddNumbers = [0, -0, -1, 0.5, -0.5, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e15, 1e21, 1e300, Number.MAX_VALUE, 5e-324, 8.64e12, 8.64e15, 8.65e15] as const; // prettier-ignore

/** What JSON.parse makes Infinity and -0 of; JSON.stringify writes neither. */
const rawNumbers = ['raw 1e999', 'raw -0'] as const;

function written(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"raw (1e999|-0)"/g, '$1');
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { message: value };
  return value;
}

export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, ...rawNumbers, [[]], [null], nested(40)),
  },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...oddNumbers) },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...oddTexts) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

export interface Edit {
  readonly kind: 'drop' | 'replace' | 'add' | 'copy' | 'twice';
  readonly at: number;
  readonly from: number;
  readonly key: string;
  readonly value: unknown;
}

const key = fc.constantFrom(
  'resets_in_seconds',
  'resets_at',
  'tokens',
  'usage',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  '0',
  'x',
  '',
);

/** One change anywhere in a JSON value. */
export const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('drop', 'replace', 'replace', 'replace', 'add', 'copy', 'twice'),
  at: fc.nat(),
  from: fc.nat(),
  key,
  value: oddValue,
});

interface Place {
  readonly holder: Record<string, unknown>;
  readonly name: string;
}

function places(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found;
  const holder = value as Record<string, unknown>;
  for (const name of Object.keys(holder)) {
    found.push({ holder, name });
    places(holder[name], found);
  }
  return found;
}

/** Own properties even where the name is `__proto__`, as JSON.parse makes them. */
function put(holder: object, name: string, value: unknown): void {
  // No JSON text has a list with a field.
  if (Array.isArray(holder) && !/^\d+$/.test(name)) return;
  // A value may be put in several times, and be changed by a later edit: each gets its own.
  const own: unknown = structuredClone(value);
  Object.defineProperty(holder, name, { value: own, enumerable: true, configurable: true, writable: true });
}

/** The JSON text of a value after these changes. */
export function editedText(text: string, edits: readonly Edit[]): string {
  const root: unknown = JSON.parse(text);
  let twice = '';
  for (const { kind, at, from, key: name, value } of edits) {
    const all = places(root);
    const place = all[at % Math.max(1, all.length)];
    const other = all[from % Math.max(1, all.length)];
    if (place === undefined || other === undefined) break;
    if (kind === 'drop') Reflect.deleteProperty(place.holder, place.name);
    else if (kind === 'replace') put(place.holder, place.name, value);
    else if (kind === 'add') put(place.holder, name, value);
    else if (kind === 'copy') put(place.holder, place.name, other.holder[other.name]);
    else twice = `,${JSON.stringify(place.name)}:${JSON.stringify(value)}`;
  }
  const edited = written(root);
  // A name that stands twice: JSON.parse takes the last.
  return twice === '' || !edited.endsWith('}') || edited === '{}' ? edited : `${edited.slice(0, -1)}${twice}}`;
}

/** Fields that no agent has, added to every object of a JSON text. */
export function withUnknownFields(text: string, name: string, value: unknown): string {
  const root: unknown = JSON.parse(text);
  const holders = new Set([root, ...places(root).map((place) => place.holder[place.name])]);
  for (const holder of holders) {
    if (typeof holder === 'object' && holder !== null && !Array.isArray(holder) && !Object.hasOwn(holder, name))
      put(holder, name, value);
  }
  return written(root);
}

export interface Damage {
  readonly kind: 'cut' | 'flip' | 'insert' | 'wrap';
  readonly at: number;
  readonly text: string;
  readonly bit: number;
}

/** One damage to the bytes of a text. */
export const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('cut', 'flip', 'insert', 'wrap'),
  at: fc.nat(),
  text: fc.oneof(
    fc.constantFrom('\r', '\ufeff', '\u00a0', '\u2028', '\0', '\t', '{', '"', '\\'),
    fc.string({ maxLength: 5 }),
  ),
  bit: fc.nat({ max: 7 }),
});

export function damagedText(text: string, { kind, at, text: odd, bit }: Damage): string {
  const bytes = Buffer.from(text);
  const place = at % (bytes.length + 1);
  if (kind === 'cut') return bytes.subarray(0, place).toString();
  if (kind === 'wrap') return `${odd}${text}${odd}`;
  if (kind === 'insert')
    return Buffer.concat([bytes.subarray(0, place), Buffer.from(odd), bytes.subarray(place)]).toString();
  const index = place % Math.max(1, bytes.length);
  bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
  return bytes.toString();
}
