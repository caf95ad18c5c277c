import type { TranscriptSource } from './agent.ts';
import { claudeTranscripts } from './claude/transcripts.ts';
import { codexTranscripts } from './codex/transcripts.ts';
import { geminiTranscripts } from './gemini/transcripts.ts';
import { opencodeTranscripts } from './opencode/transcripts.ts';

/** Every agent whose transcripts the meter reads. */
export const transcriptSources: readonly TranscriptSource[] = [
  claudeTranscripts,
  codexTranscripts,
  geminiTranscripts,
  opencodeTranscripts,
];
