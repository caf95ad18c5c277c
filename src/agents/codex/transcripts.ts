import type { LineFormat, TranscriptSource } from '../agent.ts';
import { pathParts } from '../fields.ts';
import { rolloutRoots } from './locations.ts';
import { RolloutParser } from './rolloutParser.ts';

const lines: LineFormat = {
  kind: 'lines',
  markers: [
    '"token_count"',
    '"token_usage_record"',
    '"turn_context"',
    '"session_meta"',
    '"UserMessage"',
    '"user_message"',
    '"FileChange"',
    '"patch_apply_begin"',
  ],
  open: (sessionKey, saved) => new RolloutParser(sessionKey, saved),
};

/** Codex's rollouts: `sessions/YYYY/MM/DD/rollout-<time>-<thread id>.jsonl`, archived ones without the folders. */
export const codexTranscripts: TranscriptSource = {
  agent: 'codex',
  roots: rolloutRoots,
  // They come with the answer's headers, before there is an answer.
  readingsPrecede: true,
  enters: () => true,
  match: (path) => (path.endsWith('.jsonl') ? { path, format: lines } : null),
  sessionKey(relativePath) {
    const name =
      pathParts(relativePath)
        .at(-1)
        ?.replace(/\.jsonl$/, '') ?? '';
    return /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.exec(name)?.[0] ?? name;
  },
};
