import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { spoolFolder } from '../../../../src/store/readingSpool.ts';
import { stateFolder } from '../../../../src/store/stateFolder.ts';
import { eventually } from '../../commandLine.ts';

describe('the tee of the statusline, from the editor', () => {
  const home = homedir();
  const folder = join(home, '.claude');
  const file = join(folder, 'settings.json');
  const own = 'tr a-z A-Z';
  const mine = `{\n\t"model":   "opus",\n  "statusLine": { "type": "command", "command": "${own}", "padding": 0 }\n}\n`;
  const text = (): string => readFileSync(file, 'utf8');
  const state = stateFolder({ home, env: process.env, platform: process.platform });

  /** Runs a command as a person would who picks all their folders and answers each dialog so. */
  async function run(name: string, answer: string | undefined): Promise<readonly string[]> {
    const { showQuickPick, showInformationMessage } = vscode.window;
    const shown: string[] = [];
    Object.assign(vscode.window, {
      showQuickPick: (items: readonly { readonly scope: string }[]) =>
        Promise.resolve(items.find(({ scope }) => scope === 'user')),
      showInformationMessage: (message: string, ...rest: readonly unknown[]) => {
        shown.push(message, JSON.stringify(rest[0] ?? null));
        return Promise.resolve(rest.find((each) => each === answer));
      },
    });
    try {
      await vscode.commands.executeCommand(`softLanding.${name}`);
      return shown;
    } finally {
      Object.assign(vscode.window, { showQuickPick, showInformationMessage });
    }
  }

  before(() => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, mine);
  });
  after(() => rmSync(file, { force: true }));

  it('is installed only when the change that was shown is agreed to, and removed without a trace', async () => {
    const offered = await run('installStatusline', undefined);
    assert.match(offered.join('\n'), /soft-landing-statusline/);
    assert.equal(text(), mine);

    await run('installStatusline', 'Install');
    assert.notEqual(text(), mine);
    assert.match(text(), /\t"model": {3}"opus"/);
    const command = /"command": "((?:[^"\\]|\\.)*)"/.exec(text())?.[1] ?? assert.fail(text());
    // As the agent runs it: the person's own line shows what it showed, and a copy is kept.
    const input = `${JSON.stringify({ session_id: 'told-in-the-host', n: 1 })}\n`;
    const shell = ['-c', String(JSON.parse(`"${command}"`))];
    assert.equal(execFileSync('/bin/sh', shell, { input, encoding: 'utf8' }), input.toUpperCase());
    const isKept = () => readdirSync(spoolFolder(state)).includes('told-in-the-host.json');
    await eventually('the copy', () => Promise.resolve(isKept() || undefined));

    await run('removeStatusline', undefined);
    assert.equal(text(), mine);
  });
});
