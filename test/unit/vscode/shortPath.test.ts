import assert from 'node:assert/strict';
import { shortPath } from '../../../src/vscode/shortPath.ts';

describe('a path for people', () => {
  for (const [file, home, shown] of [
    ['/home/ada', '/home/ada', '~'],
    ['/home/ada/.claude/settings.json', '/home/ada', '~/.claude/settings.json'],
    ['/home/adam/notes', '/home/ada', '/home/adam/notes'],
    [String.raw`C:\Users\ada\.claude\settings.json`, String.raw`C:\Users\ada`, String.raw`~\.claude\settings.json`],
    [String.raw`c:\users\ada\x`, String.raw`C:\Users\ada`, String.raw`~\x`],
    [String.raw`D:\work`, String.raw`C:\Users\ada`, String.raw`D:\work`],
  ] as const) {
    it(`${file} is ${shown}`, () => assert.equal(shortPath(file, home), shown));
  }
});
