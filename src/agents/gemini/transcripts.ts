import type { TranscriptSource } from '../agent.ts';
import { pathParts } from '../fields.ts';
import { chatDocument, chatLines } from './chatFormats.ts';
import { chatRoots } from './locations.ts';

/** Gemini CLI's chats: `<project>/chats/session-<time>-<id>.jsonl`, in older versions `.json`; other files there are none. */
export const geminiTranscripts: TranscriptSource = {
  agent: 'gemini',
  roots: chatRoots,
  enters: (folder) => !folder.includes('/') || folder.split('/')[1] === 'chats',
  match(path) {
    if (!pathParts(path).slice(0, -1).includes('chats')) return null;
    if (path.endsWith('.jsonl')) return { path, format: chatLines };
    return path.endsWith('.json') ? { path, format: chatDocument } : null;
  },
  sessionKey(relativePath) {
    const [project = '', , session = ''] = pathParts(relativePath);
    return `${project}/${session.replace(/\.jsonl?$/, '')}`;
  },
};
