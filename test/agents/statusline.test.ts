import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { teedStatusline } from '../../src/agents/claude/statuslineSettings.ts';
import { openClaudeTerminal, type ClaudeTerminal } from '../support/claude/claudeTerminal.ts';
import { allowedLimits } from '../support/claude/limitHeaders.ts';
import { openWorkplace, type Workplace } from '../support/claude/workplace.ts';
import { claudeConfigFolder } from '../support/claude/runClaude.ts';

interface Status {
  readonly level: string;
  readonly windows: readonly {
    readonly id: string;
    readonly account: string;
    readonly usedPercent: number;
    readonly resetsAt: string;
    readonly source: string;
    readonly confidence: string;
  }[];
}

// A terminal is needed, and `script` makes one on these.
if (process.platform === 'linux' || process.platform === 'darwin')
  describe('the statusline of the real Claude Code', function () {
    this.timeout(180_000);
    let place: Workplace;
    let terminal: ClaudeTerminal;
    const resets = { five: Math.floor(Date.now() / 1000) + 7200, seven: Math.floor(Date.now() / 1000) + 400_000 };
    const own = `read -r line; printf 'MY LINE of %s: %s' "$(basename "$0")" "\${#line}" | tr a-z A-Z`;
    const settings = () => path.join(claudeConfigFolder(place.home), 'settings.json');

    before(async function () {
      // The very first run downloads the agent.
      this.timeout(360_000);
      place = await openWorkplace({ name: 'statusline', files: { 'app.js': '1\n' } });
      mkdirSync(claudeConfigFolder(place.home));
      writeFileSync(settings(), JSON.stringify({ statusLine: { type: 'command', command: own } }));
      await place.cliJson('install', 'claude-statusline');
      place.api.play({
        main: [
          { text: 'First answer.', headers: allowedLimits(0.42, 0.17, resets) },
          { text: 'Second answer.', headers: allowedLimits(0.57, 0.18, resets) },
        ],
      });
      terminal = await openClaudeTerminal({ api: place.api, home: place.home, cwd: place.repository.dir });
    });
    after(async () => {
      await terminal.close();
      await place.close();
    });

    const status = () => place.cliJson<Status>('status');
    const percents = async () => (await status()).windows.map(({ id, usedPercent }) => `${id} ${usedPercent}`).join();

    it('still shows what the person wants to see', async () => {
      await terminal.until(() => /MY LINE OF (?:BA|DA|Z)?SH: \d{3,}/.test(terminal.screen()), 'the own statusline');
    });

    it('tells the gauge what the vendor told, answer by answer', async () => {
      terminal.type('say something');
      terminal.type('\r');
      await terminal.until(async () => (await percents()).includes('five_hour 42'), 'the first reading');
      terminal.type('and more');
      terminal.type('\r');
      await terminal.until(async () => (await percents()).includes('five_hour 57'), 'the second reading');
      const { level, windows } = await status();
      assert.equal(level, 'ok');
      assert.deepEqual(
        windows
          .filter(({ source }) => source === 'statusline')
          .map(({ id, usedPercent, resetsAt, confidence, account }) => [
            id,
            usedPercent,
            Date.parse(resetsAt) / 1000,
            confidence,
            account,
          ]),
        [
          ['five_hour', 57, resets.five, 'official', claudeConfigFolder(place.home)],
          ['seven_day', 18, resets.seven, 'official', claudeConfigFolder(place.home)],
        ],
      );
      // With its terminal interface the agent looks for updates of its plugins, which it was not let to.
      assert.deepEqual(
        place.api.surprises.filter((surprise) => !surprise.startsWith('CONNECT ')),
        [],
      );
    });

    it('knows how large the context is', async () => {
      const { windows } = await status();
      assert.ok(
        windows.some(({ id }) => id === 'context'),
        JSON.stringify(windows),
      );
    });

    it('is as it was once the tee is taken out', async () => {
      const { command } = (JSON.parse(readFileSync(settings(), 'utf8')) as { statusLine: { command: string } })
        .statusLine;
      assert.equal(teedStatusline(command)?.command, own);
      await place.cliJson('uninstall', 'claude-statusline');
      assert.deepEqual(JSON.parse(readFileSync(settings(), 'utf8')), { statusLine: { type: 'command', command: own } });
    });
  });
