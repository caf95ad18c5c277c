import { chunks, verifyCommand, type Chunk } from './project.ts';

/** What the scripted model does next, in words that every agent's tools can be put into. */
export type Deed =
  | { readonly kind: 'read'; readonly files: readonly string[] }
  /** in each file every `before` becomes `after` */
  | { readonly kind: 'replace'; readonly files: readonly string[]; readonly before: string; readonly after: string }
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'write'; readonly file: string; readonly content: string }
  | { readonly kind: 'say'; readonly text: string };

export interface Pilot {
  /** @param request everything that the model is sent: what it is told is in there, or it is not told */
  next(request: string): Deed;
  /** the first request that held advice, counted from 0; null: none has */
  readonly advisedAt: number | null;
  /** some of a chunk is edited, the rest is not */
  readonly isMidChunk: boolean;
}

/**
 * The flight that nobody disturbs: of each chunk one response that reads, one per edit, one that runs the tests; and the end. `midChunk`:
 * responses after which the project is broken.
 */
export const script = (() => {
  const midChunk: number[] = [];
  let length = 0;
  for (const { files } of chunks) {
    // The last edit makes it whole again.
    files.slice(1).forEach((_, edit) => midChunk.push(length + 1 + edit));
    length += files.length + 2;
  }
  return { length: length + 1, midChunk };
})();

/** So few edits are finished rather than taken back. */
const fewEdits = 2;

/**
 * A model that refactors, file by file, and obeys: told to land it finishes or takes back what is half done, runs the tests, leaves a
 * hand-over and stops. It is a script: that real models obey as well is not shown by it.
 */
export function makePilot(): Pilot {
  let chunkAt = 0;
  let edited = 0;
  let requests = 0;
  let isOver = false;
  let advisedAt: number | null = null;
  let route: Iterator<Deed, Deed> = working();

  const isMidChunk = (): boolean => edited > 0 && edited < (chunks[chunkAt]?.files.length ?? 0);

  function* working(): Generator<Deed, Deed> {
    for (; chunkAt < chunks.length; chunkAt += 1) {
      const chunk = chunkOf(chunkAt);
      yield { kind: 'read', files: chunk.files };
      for (const file of chunk.files) {
        // Done by the time of the next request.
        edited += 1;
        yield replace(chunk, [file]);
      }
      edited = 0;
      yield { kind: 'run', command: verifyCommand };
    }
    return { kind: 'say', text: 'Both names are changed, and the tests pass.' };
  }

  function* landing(handOver: string): Generator<Deed, Deed> {
    const chunk = chunks[chunkAt];
    if (chunk !== undefined && isMidChunk()) {
      const rest = chunk.files.slice(edited);
      if (rest.length <= fewEdits) yield replace(chunk, rest);
      else yield replace({ ...chunk, before: chunk.after, after: chunk.before }, chunk.files.slice(0, edited));
      edited = 0;
    }
    yield { kind: 'run', command: verifyCommand };
    yield {
      kind: 'write',
      file: handOver,
      content: '# Hand-over\n\nThe refactoring is not finished. Go on with the next name.\n',
    };
    return { kind: 'say', text: 'I stopped at a working state; the hand-over says what is open.' };
  }

  return {
    next(request) {
      const advice = adviceIn(request);
      if (advice !== null && advisedAt === null) {
        advisedAt = requests;
        route = landing(advice);
      }
      requests += 1;
      if (isOver) return { kind: 'say', text: 'There is nothing left to do.' };
      const deed = route.next();
      isOver = deed.done === true;
      return deed.value;
    },
    get advisedAt() {
      return advisedAt;
    },
    get isMidChunk() {
      return isMidChunk();
    },
  };
}

function chunkOf(index: number): Chunk {
  const chunk = chunks[index];
  if (chunk === undefined) throw new Error(`no chunk ${index}`);
  return chunk;
}

function replace({ before, after }: Chunk, files: readonly string[]): Deed {
  return { kind: 'replace', files, before, after };
}

/** The hand-over that advice names, where a request holds advice to land. Read in the request as JSON, so line breaks are `\n`. */
function adviceIn(request: string): string | null {
  const told =
    /Soft Landing \(a tool of the user[^"]*?(?:Land now:|Stop now|Before you end this turn:)[^"]*? to ([^\s"\\]+HANDOVER\.md)/.exec(
      request,
    );
  return told?.[1] ?? null;
}
