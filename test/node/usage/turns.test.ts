import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transcriptSources } from '../../../src/agents/transcriptSources.ts';
import { newTokensOf, turnFileSchema, turnsSchema, type Turn } from '../../../src/protocol/turn.ts';
import {
  mostTurns,
  readOtherTurns,
  readTurns,
  repositoryFolder,
  sessionNumber,
  turnsFolder,
} from '../../../src/store/turnFile.ts';
import { readUsage } from '../../../src/usage/readUsage.ts';
import * as v from 'valibot';

const fixtures = path.resolve(import.meta.dirname, '..', '..', 'fixtures');

describe('turns, kept as transcripts are read', () => {
  let home = '';
  let state = '';
  let repository = '';
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'soft-landing-turns-'));
    state = path.join(home, 'state');
    repository = path.join(home, 'repo');
    mkdirSync(path.join(repository, '.git'), { recursive: true });
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const read = () =>
    readUsage({
      sources: transcriptSources,
      surroundings: { home, env: {}, platform: process.platform },
      stateFolder: state,
      sinceMs: null,
    });
  const turns = (folder = repository) => readTurns(state, repositoryFolder(folder)).turns;
  const all = (): Turn[] =>
    readdirSync(turnsFolder(state)).flatMap((name) => {
      const json: unknown = JSON.parse(readFileSync(path.join(turnsFolder(state), name), 'utf8'));
      return v.parse(turnsSchema, v.parse(turnFileSchema, json).turns);
    });

  const transcript = () => path.join(home, '.claude', 'projects', 'p', 's1.jsonl');
  const at = (second: number) => new Date(Date.parse('2026-11-20T10:00:00Z') + second * 1000).toISOString();
  function add(...lines: object[]): void {
    mkdirSync(path.dirname(transcript()), { recursive: true });
    appendFileSync(transcript(), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
  const prompt = (second: number, content: unknown, more: object = {}) => ({
    type: 'user',
    sessionId: 's1',
    timestamp: at(second),
    cwd: path.join(repository, 'src'),
    message: { role: 'user', content },
    turnOrigin: 'human',
    ...more,
  });
  const answer = (second: number, id: string, output: number, ...edited: string[]) => ({
    type: 'assistant',
    sessionId: 's1',
    timestamp: at(second),
    cwd: repository,
    requestId: `req_${id}`,
    message: {
      id: `msg_${id}`,
      model: 'claude-opus-5-5',
      role: 'assistant',
      content: edited.map((file) => ({ type: 'tool_use', name: 'Edit', input: { file_path: file } })),
      usage: { input_tokens: 5, output_tokens: output, cache_read_input_tokens: 100, cache_creation_input_tokens: 20 },
    },
  });

  it("tell the samples' tasks, of every agent, and nothing of what was written", async () => {
    const places = { 'turns/projects': '.claude/projects', codex: '.codex', gemini: '.gemini' };
    for (const [from, to] of Object.entries(places))
      cpSync(path.join(fixtures, from), path.join(home, to), { recursive: true });
    await read();
    const found = all();
    const claude = found.find(
      ({ session }) => session === sessionNumber('claude', '798dee4e-1d35-4138-9afc-1ebe0216d2cb'),
    );
    // "Fix the add function in app.js and add a NOTES.md": five responses, two files.
    assert.ok(claude);
    assert.deepEqual([claude.words, claude.files, claude.requests, claude.touched], [10, 2, 5, 2]);
    assert.equal(newTokensOf(claude.tokens), 30 + 483 + 12_990);
    const codex = found.find(
      ({ session }) => session === sessionNumber('codex', '01a206e0-c620-7443-8c80-95dd72820754'),
    );
    assert.ok(codex);
    assert.deepEqual([codex.words, codex.files, codex.requests, codex.touched], [6, 1, 4, 2]);
    const gemini = found.find(({ agent }) => agent === 'gemini');
    assert.ok(gemini);
    assert.deepEqual([gemini.words, gemini.files, gemini.requests, gemini.touched], [4, 1, 2, 1]);
    // A fork's copied prompts are turns of the session it was copied from, once.
    const forked = found.filter(
      ({ session }) => session === sessionNumber('claude', '5f6b61f8-8bb2-44b7-813b-558d7af7e01b'),
    );
    assert.equal(forked.filter(({ requests }) => requests > 0).length, 1);
    for (const name of readdirSync(turnsFolder(state)))
      assert.equal(/function|NOTES|app\.js/.test(readFileSync(path.join(turnsFolder(state), name), 'utf8')), false);
  });

  it('grow with the transcript, over several programs, and count nothing twice', async () => {
    add(prompt(0, 'Fix the parser in src/parse.ts'));
    await read();
    assert.deepEqual(
      turns().map(({ requests, words }) => [requests, words]),
      [[0, 5]],
    );
    add(answer(5, 'a', 10, '/r/a.ts'), answer(5, 'a', 30, '/r/a.ts'));
    await read();
    add(answer(9, 'b', 40, '/r/a.ts', '/r/b.ts'), answer(12, 'c', 7));
    await read();
    const once = turns();
    assert.deepEqual(
      once.map(({ requests, touched, tokens, finish }) => [requests, touched, tokens, finish]),
      [[3, 2, [15, 77, 60, 0, 300], [5, 7, 20, 0, 100]]],
    );
    add(prompt(60, [{ type: 'text', text: 'Now the docs' }]), answer(65, 'd', 3));
    await read();
    assert.deepEqual(
      turns().map(({ requests, touched, edits }) => [requests, touched, edits]),
      [
        [3, 2, undefined],
        [1, 0, undefined],
      ],
    );
    // Read anew from the start, they are the same.
    const before = turns();
    rmSync(path.join(state, 'usage'), { recursive: true });
    await read();
    assert.deepEqual(turns(), before);
  });

  it('begin with what a person asked, not with what the client wrote in their name', async () => {
    add(
      prompt(0, 'Do the work'),
      answer(1, 'a', 1),
      prompt(2, 'Your limit has reset. Continue.', { isMeta: true }),
      prompt(3, [{ type: 'tool_result', content: 'ok', tool_use_id: 't' }]),
      prompt(4, '<local-command-stdout>x</local-command-stdout>'),
      prompt(4, '[Request interrupted by user]'),
      prompt(5, 'subtask', { isSidechain: true }),
      answer(6, 'b', 1),
      prompt(7, '<command-name>/review</command-name>'),
      answer(8, 'c', 1),
    );
    await read();
    assert.deepEqual(
      turns().map(({ requests, traits }) => [requests, traits]),
      [
        [2, []],
        [1, ['command']],
      ],
    );
  });

  it('stay when they cannot be written, and are written the next time', async () => {
    add(prompt(0, 'Do the work'), answer(1, 'a', 1));
    mkdirSync(state);
    // A file where the folder should be.
    writeFileSync(turnsFolder(state), '');
    const scan = await read();
    assert.equal(scan.hasUnsaved, true);
    rmSync(turnsFolder(state));
    await scan.save();
    assert.equal(turns().length, 1);
    assert.equal(scan.hasUnsaved, false);
  });

  it('of a fork that was read and kept before its parent are what they are when both are read at once', async () => {
    const forkOf = (lines: readonly object[]) => lines.map((line) => ({ ...line, sessionId: 's2' }));
    const parent = [prompt(0, 'Fix the parser'), answer(5, 'a', 10, '/r/a.ts'), prompt(60, 'Now the docs')];
    const rest = [answer(65, 'b', 20)];
    const fork = [...forkOf([...parent, ...rest]), ...forkOf([prompt(90, 'And the tests'), answer(95, 'c', 30)])];
    const forked = path.join(path.dirname(transcript()), 's2.jsonl');
    const write = (file: string, lines: readonly object[]) => {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    };
    write(forked, fork);
    // As a save in the middle of a first reading does, which reads the newest files first.
    await read();
    assert.equal(turns().length, 3);
    write(transcript(), [...parent, ...rest]);
    await read();
    const kept = turns();
    rmSync(state, { recursive: true });
    await read();
    assert.deepEqual(kept, turns());
    assert.deepEqual(
      kept.map(({ session, requests }) => [session, requests]),
      [
        [sessionNumber('claude', 's1'), 1],
        [sessionNumber('claude', 's1'), 1],
        [sessionNumber('claude', 's2'), 1],
      ],
    );
  });

  it('of a torn or newer file are none, and it is replaced; the files are private', async () => {
    add(prompt(0, 'Do the work'), answer(1, 'a', 1));
    await read();
    const [name = ''] = readdirSync(turnsFolder(state));
    const file = path.join(turnsFolder(state), name);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    for (const text of ['{"v":1,"turns":[', '{"v":9}', '', '{"v":1,"folder":"x","turns":[{"agent":1}]}']) {
      writeFileSync(file, text);
      assert.deepEqual(turns(), []);
    }
    add(prompt(10, 'More'), answer(11, 'b', 1));
    await read();
    assert.equal(turns().length, 1);
  });

  it('are the newest few hundred', async () => {
    for (let index = 0; index < mostTurns + 20; index += 1)
      add(prompt(index * 10, `Task ${index}`), answer(index * 10 + 1, `m${index}`, index));
    await read();
    const kept = turns();
    assert.equal(kept.length, mostTurns);
    assert.equal(kept.at(-1)?.tokens[1], mostTurns + 19);
    assert.equal(readOtherTurns(state, '/elsewhere', 3).length, mostTurns);
    assert.ok(statSync(path.join(turnsFolder(state), readdirSync(turnsFolder(state))[0] ?? '')).size < 150_000);
  });

  it('of a linked worktree are those of its repository', () => {
    const linked = path.join(home, 'linked');
    mkdirSync(linked);
    writeFileSync(path.join(linked, '.git'), `gitdir: ${path.join(repository, '.git', 'worktrees', 'linked')}\n`);
    assert.equal(repositoryFolder(linked), repository);
    assert.equal(repositoryFolder(path.join(repository, 'gone', 'deep')), repository);
  });
});
