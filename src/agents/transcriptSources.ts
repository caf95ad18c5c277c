import type { TranscriptSource } from './agent.ts';
import { claudeTranscripts } from './claude/transcripts.ts';

/** Every agent whose transcripts the meter reads. */
export const transcriptSources: readonly TranscriptSource[] = [claudeTranscripts];
