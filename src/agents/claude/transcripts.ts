import type { TranscriptSource } from '../agent.ts';
import { transcriptRoots } from './locations.ts';
import { parseTranscriptLine } from './transcriptLine.ts';

/** Claude Code's transcripts: `<root>/<project>/<session>.jsonl` and `<root>/<project>/<session>/subagents/agent-*.jsonl`. */
export const claudeTranscripts: TranscriptSource = {
  agent: 'claude',
  roots: transcriptRoots,
  isTranscript: (fileName) => fileName.endsWith('.jsonl'),
  sessionKey(relativePath) {
    const [project = '', session = ''] = relativePath.split(/[/\\]/);
    return session === '' ? withoutExtension(project) : `${project}/${withoutExtension(session)}`;
  },
  // Text inside tool arguments cannot match: there a quote is preceded by a backslash. (A search that begins with a rare byte, such as
  // _tokens", is faster by 6 % of the whole, but passes over rows torn just before it without counting them.)
  markers: ['"usage"', 'quotaLimits"'],
  parseLine: parseTranscriptLine,
};

function withoutExtension(name: string): string {
  return name.endsWith('.jsonl') ? name.slice(0, -'.jsonl'.length) : name;
}
