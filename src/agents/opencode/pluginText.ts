/** What opencode's plugin starts: an absolute program and its arguments. */
export interface PluginCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** The first line of every version of the plugin: by it our file is known. */
const firstLine =
  '// Soft Landing for opencode. Written by `soft-landing install opencode`; `soft-landing uninstall opencode` removes it.';

/**
 * The plugin's source for a launcher. It stands alone (opencode loads it from the user's own folder, with no package of ours around),
 * asks the launcher about each event, and on any trouble lets opencode go on as if it were not there.
 */
export function opencodePluginText({ command, args }: PluginCommand): string {
  return `${firstLine}
import { spawn } from 'node:child_process';

const command = ${JSON.stringify(command)};
const args = ${JSON.stringify(args)};
// Above the hook's own deadline of 10 s, so that it mostly ends by itself.
const deadlineMs = 15000;
// opencode waits and tries again by itself. For less than this it is a hiccup and nobody's business.
const longWaitMs = 60000;
const readOnly = new Set(
  'read grep glob list ls webfetch websearch codesearch todowrite todoread skill question lsp invalid plan_enter plan_exit'.split(' '),
);

// How the launcher shall run the hook at an event; at all others it looks at the repository first.
const modes = { 'tool-done': ['landing'], failed: ['quick'], ended: ['quick'] };

/** Asks the hook; {} whatever goes wrong. */
function ask(input) {
  return new Promise((resolve) => {
    try {
      const child = spawn(command, [...args, ...(modes[input.event] ?? [])], { stdio: ['pipe', 'pipe', 'ignore'] });
      let out = '';
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        resolve({});
      }, deadlineMs);
      child.on('error', () => {
        clearTimeout(timer);
        resolve({});
      });
      child.stdin.on('error', () => {});
      child.stdout.setEncoding('utf8');
      child.stdout.on('data', (text) => (out += text));
      child.on('close', () => {
        clearTimeout(timer);
        try {
          resolve(out ? JSON.parse(out) : {});
        } catch {
          resolve({});
        }
      });
      child.stdin.end(JSON.stringify(input));
    } catch {
      resolve({});
    }
  });
}

/** Of a tool's arguments only what the hook reads: no file contents. */
function facts(given) {
  const { filePath, command: line, description, patchText } = given ?? {};
  return { filePath, command: line, description, patchText };
}

const joined = (texts) => texts.filter((text) => typeof text === 'string' && text !== '').join('\\n\\n');

export const SoftLanding = async ({ client, directory }) => {
  const parents = new Map();
  // What the hook said before a tool, until the tool is done: only its result reaches the model.
  const kept = new Map();
  const begun = new Set();
  const pending = new Set();
  const parentOf = (session) => {
    if (!parents.has(session)) {
      const found = Promise.resolve()
        .then(() => client.session.get({ path: { id: session } }))
        .then(({ data }) => data?.parentID ?? null)
        .catch(() => null);
      parents.set(session, found);
    }
    return parents.get(session);
  };
  const tell = async (event, session, more = {}) => {
    const work = parentOf(session).then((parent) => ask({ event, session, parent, cwd: directory, ...more }));
    pending.add(work);
    const answer = await work.finally(() => pending.delete(work));
    if (typeof answer.user === 'string') {
      // Not waited for: without a terminal interface nobody ever answers this.
      Promise.resolve()
        .then(() => client.tui.showToast({ body: { message: answer.user, variant: 'warning' } }))
        .catch(() => {});
    }
    return answer;
  };
  return {
    event: async ({ event: { type, properties } }) => {
      const { sessionID: session, status, error } = properties ?? {};
      if (typeof session !== 'string') return;
      // A subagent that ends is not the end of the turn.
      if (type === 'session.idle' && (await parentOf(session)) === null) await tell('turn', session);
      if (type === 'session.status' && status?.type === 'retry' && status.next - Date.now() >= longWaitMs) {
        await tell('failed', session, { error: status.message, next: status.next });
      }
      if (type === 'session.error' && error && error.name !== 'MessageAbortedError') {
        await tell('failed', session, { error: error.data?.message ?? error.name });
      }
    },
    'chat.message': async ({ sessionID: session }, { message, parts }) => {
      // A subagent's prompt is not the person's.
      if ((await parentOf(session)) !== null) return;
      const said = [];
      if (!begun.has(session)) {
        begun.add(session);
        said.push(await tell('session', session));
      }
      const prompt = parts.flatMap((part) => (part.type === 'text' && !part.synthetic ? [part.text] : [])).join('\\n');
      said.push(await tell('prompt', session, { prompt }));
      const text = joined(said.map(({ tell: words }) => words));
      const last = parts.at(-1);
      if (!text || !last) return;
      // After the person's own words, and marked as not theirs.
      parts.push({ id: last.id + '0', sessionID: session, messageID: message.id, type: 'text', text, synthetic: true });
    },
    'tool.execute.before': async ({ tool, sessionID: session, callID }, { args: given }) => {
      if (readOnly.has(tool)) return;
      const { deny, tell: words } = await tell('tool', session, { tool, args: facts(given) });
      if (typeof deny === 'string') throw new Error(joined([deny, words]));
      if (typeof words === 'string') kept.set(callID, words);
    },
    'tool.execute.after': async ({ tool, sessionID: session, callID, args: given }, result) => {
      const { tell: after } = await tell('tool-done', session, { tool, args: facts(given) });
      const words = joined([kept.get(callID), after]);
      kept.delete(callID);
      if (!words || !result) return;
      if (typeof result.output === 'string') result.output += '\\n\\n' + words;
      // Tools of MCP servers.
      else if (Array.isArray(result.content)) result.content.push({ type: 'text', text: words });
    },
    'experimental.session.compacting': async ({ sessionID: session }) => {
      await tell('compact', session);
    },
    dispose: async () => {
      await Promise.allSettled([...pending]);
      await Promise.allSettled([...begun].map((session) => tell('ended', session)));
    },
  };
};
`;
}

/** What a plugin file of ours starts, or null for a file that is not ours. */
export function opencodePluginCommand(text: string): PluginCommand | null {
  if (!text.startsWith('// Soft Landing for opencode.')) return null;
  const command = /^const command = (".*");$/m.exec(text)?.[1];
  const args = /^const args = (\[.*\]);$/m.exec(text)?.[1];
  return { command: stringOf(command), args: stringsOf(args) };
}

function stringOf(json: string | undefined): string {
  const value = valueOf(json);
  return typeof value === 'string' ? value : '';
}

function stringsOf(json: string | undefined): readonly string[] {
  const value = valueOf(json);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function valueOf(json: string | undefined): unknown {
  try {
    return json === undefined ? null : JSON.parse(json);
  } catch {
    return null;
  }
}
