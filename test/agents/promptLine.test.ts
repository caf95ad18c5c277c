import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasTaken, parseRunningSession, type RunningSession } from '../../src/agents/claude/runningSessions.ts';
import { editorModeFiles, keysToClear, saysVim } from '../../src/agents/claude/promptInput.ts';
import { openClaudeTerminal, type ClaudeTerminal } from '../support/claude/claudeTerminal.ts';
import { claudeConfigFolder } from '../support/claude/runClaude.ts';
import { openWorkplace, type Workplace } from '../support/claude/workplace.ts';

// A terminal is needed, and `script` makes one on these. Without vim it is tried where it is used: test/ui/planFlow.test.ts.
if (process.platform === 'linux' || process.platform === 'darwin')
  describe("the line for prompts of the real Claude Code, where it is vim's", function () {
    this.timeout(90_000);
    let place: Workplace;
    let terminal: ClaudeTerminal;

    before(async function () {
      // The very first run downloads the agent.
      this.timeout(360_000);
      place = await openWorkplace({ name: 'vim', files: { 'app.js': '1\n' } });
      const config = claudeConfigFolder(place.home);
      mkdirSync(config, { recursive: true });
      writeFileSync(join(config, 'settings.json'), JSON.stringify({ editorMode: 'vim' }));
      const files = editorModeFiles(config, place.repository.dir);
      assert.ok(files.some((file) => saysVim(read(file))));
      terminal = await openClaudeTerminal({ api: place.api, home: place.home, cwd: place.repository.dir });
    });
    after(async () => {
      await terminal.close();
      await place.close();
    });

    /** What it says of itself. */
    const session = (): RunningSession | null => {
      const folder = join(claudeConfigFolder(place.home), 'sessions');
      const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.json'));
      return parseRunningSession(read(join(folder, file)));
    };
    const transcript = (): string => {
      const projects = join(claudeConfigFolder(place.home), 'projects');
      const [file = ''] = readdirSync(projects, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith(`${session()?.sessionId ?? ''}.jsonl`),
      );
      return read(join(projects, file));
    };
    /** The newest prompt that came to the model. */
    const prompt = (): string => {
      const asked = place.api.requests.filter(({ lane, body }) => lane === 'main' && body.tools.length > 0).at(-1);
      return JSON.stringify(asked?.body.messages.filter(({ role }) => role === 'user').at(-1) ?? '');
    };
    const comes = (text: string): Promise<void> => terminal.until(() => prompt().includes(text), `the prompt ${text}`);

    it('takes a prompt whole and alone in the midst of commands, and gives back what was typed before', async () => {
      place.api.play({ main: [{ text: 'Done.' }, { text: 'Seen.' }] });
      await terminal.until(() => terminal.screen().includes('INSERT'), 'the line');
      terminal.type('half a thought');
      await terminal.until(() => /half\s*a\s*thought/.test(terminal.screen()), 'what was typed');
      terminal.type('\u001B');
      await sleep(500);
      for (const keys of keysToClear(true)) {
        terminal.type(keys);
        await sleep(150);
      }
      terminal.type('Add a parser');
      await sleep(400);
      terminal.type('\r');
      await comes('Add a parser');
      assert.doesNotMatch(prompt(), /thought/);
      await terminal.until(() => terminal.screen().includes('Done.'), 'the answer');
      await sleep(500);
      terminal.type('\u0019');
      await sleep(500);
      terminal.type('\r');
      await comes('"half a thought"');
    });

    // As on a machine so busy that both are there when the agent comes to read: why the editor looks whether it was taken.
    it('takes a long prompt in one piece with its Enter for a paste, which another Enter sends', async () => {
      place.api.play({ main: [{ text: 'Read.' }] });
      const idle = (): boolean => session()?.status === 'idle';
      await terminal.until(idle, 'the end of the turn before');
      const before = session();
      const long = `Read ${'all of it '.repeat(100)}`;
      const isWritten = (): boolean => transcript().includes(long.slice(0, 60));
      terminal.type(`${long}\r`);
      await terminal.until(() => /Pasted\s*text/.test(terminal.screen()), 'the paste');
      await sleep(1000);
      assert.ok(before && idle() && !isWritten());
      terminal.type('\r');
      await comes(long);
      // Of a turn as short as this one the registry may say nothing.
      await terminal.until(() => hasTaken(before, session()) || isWritten(), 'word of it');
    });
  });

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
