import assert from 'node:assert/strict';
import { diagnosticsText, withoutHome, withoutSecrets } from '../../../src/vscode/diagnostics/diagnosticsText.ts';

const letters = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789';

describe('diagnostics', () => {
  it('says versions, settings and findings, each in its place', () => {
    const text = diagnosticsText(
      {
        at: '2026-11-27T12:00:00.000Z',
        version: '1.2.3',
        surroundings: [['Platform', 'linux x64']],
        settings: [['softLanding.reserve.percent', 25]],
        findings: [
          { area: 'hooks', level: 'problem', title: 'No hooks', detail: 'in /home/me/.claude', fix: 'Install them.' },
          { area: 'git', level: 'ok', title: 'git 2.47', detail: '', fix: null },
        ],
        problem: null,
      },
      '/home/me',
    );
    for (const part of [
      '- Soft Landing: 1.2.3',
      '- Platform: linux x64',
      '- `softLanding.reserve.percent`: 25',
      '- **problem** (hooks) No hooks\n  in ~/.claude\n  Fix: Install them.',
      '- **ok** (git) git 2.47\n',
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it('says why the doctor said nothing', () => {
    const facts = { at: '', version: '1', surroundings: [], settings: [], findings: null, problem: 'no node' };
    assert.match(diagnosticsText(facts, '/home/me'), /could not be asked: no node/);
    assert.match(diagnosticsText(facts, '/home/me'), /defaults\n\nnone/);
  });

  it('shows the home folder as ~, however it is written, and no other folder', () => {
    assert.equal(
      withoutHome('/home/me/a /home/me /home/mega /home/me-too', '/home/me'),
      '~/a ~ /home/mega /home/me-too',
    );
    const windows = String.raw`C:\Users\Me`;
    assert.equal(withoutHome(String.raw`c:\users\me\x`, windows), String.raw`~\x`);
    assert.equal(withoutHome('C:/Users/Me/x', windows), '~/x');
    assert.equal(withoutHome(JSON.stringify(String.raw`C:\Users\Me\x`), windows), String.raw`"~\\x"`);
    assert.equal(withoutHome('/a/b', '/'), '/a/b');
  });

  it('leaves out whatever looks like a credential', () => {
    const hidden = [
      `sk-ant-${letters}`,
      `ghp_${letters}`,
      `Authorization: Bearer ${letters}`,
      `ANTHROPIC_API_KEY=${letters}`,
      `"token": "${letters}"`,
      `https://me:${letters}@example.org/x.git`,
    ];
    for (const text of hidden) {
      const shown = withoutSecrets(text);
      assert.equal(shown.includes(letters), false, shown);
      assert.ok(shown.includes('(removed)'), shown);
    }
    for (const text of [
      'tokensPerSession: 100000',
      '12,000 tokens: input',
      'refs/soft-landing/main/0192f0c0',
      'a1b2c3d4e5f6',
    ])
      assert.equal(withoutSecrets(text), text);
  });
});
