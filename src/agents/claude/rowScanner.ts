import type { LinePart, Told } from '../agent.ts';
import { instant, mostTokens } from '../fields.ts';
import { LastText, ObjectKeys, PlainJson } from './plainJson.ts';
import { fiveMinuteWrites, isWrittenByClient, responseFact, type RowPlace, withEditedFiles } from './responseRow.ts';

const places = ['sessionId', 'requestSessionId', 'requestId', 'cwd'] as const;
const rowNames = [...places, 'type', 'timestamp', 'isSidechain', 'isApiErrorMessage', 'message'] as const;
type RowKey = (typeof rowNames)[number];
const rowKeys = new ObjectKeys(rowNames);
const messageNames = ['id', 'model', 'content', 'usage'] as const;
type MessageKey = (typeof messageNames)[number];
const messageKeys = new ObjectKeys(messageNames);
const counts = ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'] as const;
const usageNames = [...counts, 'cache_creation', 'speed'] as const;
type UsageKey = (typeof usageNames)[number];
const usageKeys = new ObjectKeys(usageNames);
const writes = ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'] as const;
const splitKeys = new ObjectKeys(writes);
const callKeys = new ObjectKeys(['input']);
const inputKeys = new ObjectKeys(['file_path', 'notebook_path']);

const assistant = Buffer.from('assistant');
const fast = Buffer.from('fast');
/** `2026-11-23T04:58:30.807Z` */
const timestampLength = 24;
const dayLength = 10;

/** What a row has told so far; null: nothing yet. One for all rows: so many objects would keep the collector busy. */
class ScannedRow implements RowPlace {
  readonly uuid = null;
  isAssistant: boolean | null = null;
  at: number | null = null;
  sessionId: string | null = null;
  requestSessionId: string | null = null;
  requestId: string | null = null;
  cwd: string | null = null;
  isSidechain: boolean | null = null;
  isApiErrorMessage: boolean | null = null;
  hasMessage = false;
  messageId: string | null = null;
  model: string | null = null;
  hasContent = false;
  editedFile: string | null = null;
  hasUsage = false;
  input_tokens: number | null = null;
  output_tokens: number | null = null;
  cache_creation_input_tokens: number | null = null;
  cache_read_input_tokens: number | null = null;
  hasSplit = false;
  ephemeral_5m_input_tokens: number | null = null;
  ephemeral_1h_input_tokens: number | null = null;
  isFast: boolean | null = null;

  clear(): void {
    this.isAssistant = this.isSidechain = this.isApiErrorMessage = this.isFast = null;
    this.at = null;
    this.sessionId = this.requestSessionId = this.requestId = this.cwd = null;
    this.messageId = this.model = this.editedFile = null;
    this.hasMessage = this.hasContent = this.hasUsage = this.hasSplit = false;
    this.input_tokens = this.output_tokens = null;
    this.cache_creation_input_tokens = this.cache_read_input_tokens = null;
    this.ephemeral_5m_input_tokens = this.ephemeral_1h_input_tokens = null;
  }
}

/**
 * Reads a response of the model from the bytes of its row without making objects of all that stands there: a first start reads a quarter
 * of a million of them. It knows the row as Claude Code writes it; anything unusual (a count that is null, a key that comes twice, blanks)
 * is not for it.
 */
export class RowScanner {
  readonly #json = new PlainJson();
  readonly #last = {
    sessionId: new LastText(),
    requestSessionId: new LastText(),
    requestId: new LastText(),
    cwd: new LastText(),
    messageId: new LastText(),
    model: new LastText(),
    file: new LastText(),
  };
  #day = '';
  #dayStart = NaN;
  readonly #row = new ScannedRow();
  #part: LinePart = { bytes: Buffer.alloc(0), start: 0, cutStart: 0, cutEnd: 0, end: 0, instead: '' };

  /** null where the row is to be parsed. */
  scan(part: LinePart, sessionKey: string): Told | null {
    const [json, row] = [this.#json, this.#row];
    json.begin(part.bytes, part.start);
    row.clear();
    this.#part = part;
    const isWhole = this.#readObject(rowKeys, this.#takeOfRow) && json.at === part.end;
    if (!isWhole || !row.hasContent || !row.hasUsage) return null;
    // An id that is missing is made of other fields.
    if (row.isAssistant !== true || row.at === null || row.messageId === null || isWrittenByClient(row)) return null;
    const written = row.cache_creation_input_tokens ?? 0;
    const [of5m, of1h] = [row.ephemeral_5m_input_tokens ?? 0, row.ephemeral_1h_input_tokens ?? 0];
    const tokens = {
      input: row.input_tokens ?? 0,
      output: row.output_tokens ?? 0,
      cacheWrite5m: fiveMinuteWrites(written, of5m, of1h),
      cacheWrite1h: of1h,
      cacheRead: row.cache_read_input_tokens ?? 0,
    };
    const response = responseFact(row, row.at, tokens, row.isFast === true, sessionKey);
    return row.editedFile === null ? [response] : withEditedFiles(response, [row.editedFile]);
  }

  /** Reads an object, value by value; `take` reads the one of a key that is known, and answers whether it was plain. */
  #readObject<Key extends string>(keys: ObjectKeys<Key>, take: (key: Key) => boolean): boolean {
    const json = this.#json;
    if (!json.beginObject()) return false;
    for (let place = 0; ; place += 1) {
      const key = json.key(keys, place);
      if (key === 'end') return true;
      if (key === 'refused' || !(key === 'other' ? json.skip() : take(key))) return false;
    }
  }

  // Made once: a function for each row would be as much as what is saved.

  readonly #takeOfRow = (key: RowKey): boolean => {
    const [json, row] = [this.#json, this.#row];
    switch (key) {
      case 'message':
        if (row.hasMessage) return false;
        row.hasMessage = true;
        return this.#readObject(messageKeys, this.#takeOfMessage);
      case 'type':
        return row.isAssistant === null && (row.isAssistant = json.isText(assistant)) !== null;
      case 'timestamp':
        return row.at === null && (row.at = this.#instant()) !== null;
      case 'isSidechain':
      case 'isApiErrorMessage':
        return row[key] === null && (row[key] = json.flag()) !== null;
      case 'sessionId':
      case 'requestSessionId':
      case 'requestId':
      case 'cwd':
        return row[key] === null && (row[key] = json.text(this.#last[key])) !== null;
    }
  };

  readonly #takeOfMessage = (key: MessageKey): boolean => {
    const [json, row, last] = [this.#json, this.#row, this.#last];
    switch (key) {
      case 'id':
        return row.messageId === null && (row.messageId = json.text(last.messageId)) !== null;
      case 'model':
        return row.model === null && (row.model = json.text(last.model)) !== null;
      case 'content':
        if (row.hasContent) return false;
        row.hasContent = true;
        return this.#readContent();
      case 'usage':
        if (row.hasUsage) return false;
        row.hasUsage = true;
        return this.#readObject(usageKeys, this.#takeOfUsage);
    }
  };

  readonly #takeOfUsage = (key: UsageKey): boolean => {
    const [json, row] = [this.#json, this.#row];
    switch (key) {
      case 'cache_creation':
        if (row.hasSplit) return false;
        row.hasSplit = true;
        return this.#readObject(splitKeys, this.#takeOfSplit);
      case 'speed':
        return row.isFast === null && (row.isFast = json.isText(fast)) !== null;
      case 'input_tokens':
      case 'output_tokens':
      case 'cache_creation_input_tokens':
      case 'cache_read_input_tokens':
        return row[key] === null && (row[key] = this.#count()) !== null;
    }
  };

  readonly #takeOfSplit = (key: (typeof writes)[number]): boolean => {
    const row = this.#row;
    return row[key] === null && (row[key] = this.#count()) !== null;
  };

  /** What is left out has to be what stands here: all of the content, or all behind the name of the file that a call edits. */
  #readContent(): boolean {
    const [json, part] = [this.#json, this.#part];
    if (!json.beginArray()) return false;
    if (part.instead !== '' && !this.#readCall()) return false;
    if (json.at !== part.cutStart) return false;
    json.at = part.cutEnd;
    return json.endArray();
  }

  #readCall(): boolean {
    const [json, row] = [this.#json, this.#row];
    if (!json.beginObject()) return false;
    let key = json.key(callKeys, 0);
    for (let place = 1; key === 'other'; place += 1) {
      if (!json.skip()) return false;
      key = json.key(callKeys, place);
    }
    if (key !== 'input' || !json.beginObject()) return false;
    const inner = json.key(inputKeys, 0);
    if (inner !== 'file_path' && inner !== 'notebook_path') return false;
    row.editedFile = json.text(this.#last.file);
    return row.editedFile !== null;
  }

  #count(): number | null {
    const count = this.#json.wholeNumber();
    return count < 0 || count > mostTokens ? null : count;
  }

  /** Epoch milliseconds. Rows of a day have its beginning in common. */
  #instant(): number | null {
    const { bytes } = this.#json;
    const from = this.#json.shortText(timestampLength);
    if (from < 0) return null;
    if (!isDay(bytes, from, this.#day)) {
      this.#day = bytes.toString('latin1', from, from + dayLength);
      this.#dayStart = instant(`${this.#day}T00:00:00.000Z`) ?? NaN;
    }
    const at = this.#dayStart + timeOfDay(bytes, from + dayLength);
    return Number.isNaN(at) ? null : at;
  }
}

function isDay(bytes: Buffer, from: number, day: string): boolean {
  for (let index = 0; index < dayLength; index += 1) if (bytes[from + index] !== day.charCodeAt(index)) return false;
  return true;
}

/** Milliseconds of `T04:58:30.807Z`, NaN for anything else. */
function timeOfDay(bytes: Buffer, from: number): number {
  const isShaped =
    bytes[from] === 0x54 &&
    bytes[from + 3] === 0x3a &&
    bytes[from + 6] === 0x3a &&
    bytes[from + 9] === 0x2e &&
    bytes[from + 13] === 0x5a;
  const hours = twoDigits(bytes, from + 1);
  const minutes = twoDigits(bytes, from + 4);
  const seconds = twoDigits(bytes, from + 7);
  if (!isShaped || hours > 23 || minutes > 59 || seconds > 59) return NaN;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + twoDigits(bytes, from + 10) * 10 + digit(bytes[from + 12]);
}

function twoDigits(bytes: Buffer, at: number): number {
  return digit(bytes[at]) * 10 + digit(bytes[at + 1]);
}

function digit(byte: number | undefined): number {
  const value = (byte ?? 0) - 0x30;
  return value >= 0 && value <= 9 ? value : NaN;
}
