import assert from 'node:assert/strict';
import type { ResponseRow } from '../../../src/agents/agent.ts';
import { claudeTranscripts } from '../../../src/agents/claude/transcripts.ts';
import { newTokens, noTokens, type TokenCounts } from '../../../src/protocol/usage.ts';
import { Ledger } from '../../../src/usage/ledger.ts';
import { Prices } from '../../../src/usage/prices.ts';
import { plus, sessionsOf } from '../../../src/usage/sessions.ts';
import { usageCorpus } from '../../support/usageCorpus.ts';

interface Ids {
  readonly messageId: string | null;
  readonly requestId: string | null;
  readonly rowId: string;
}
type Changes = Partial<Omit<ResponseRow, 'tokens' | 'id' | 'marks'> & Ids> & { tokens?: Partial<TokenCounts> };

/** A row as Claude Code's transcripts tell it: known by its message, marked by request and input side. */
function row({ messageId = 'msg_1', requestId = 'req_1', rowId = 'u1', ...changes }: Changes = {}): ResponseRow {
  const tokens = { input: 5, output: 10, cacheWrite5m: 100, cacheWrite1h: 0, cacheRead: 1000, ...changes.tokens };
  const side = `${tokens.input}|${tokens.cacheRead}|${tokens.cacheWrite5m + tokens.cacheWrite1h}`;
  const sessionId = changes.sessionId ?? 's1';
  const ofGateway = `${sessionId}|${messageId}`;
  return {
    agent: 'claude',
    sessionId,
    id: messageId === null ? `u:${rowId}` : messageId.startsWith('msg_') ? messageId : ofGateway,
    marks: requestId === null ? [side] : [requestId, side],
    at: 1000,
    model: 'opus',
    cwd: '/repo',
    isSidechain: false,
    isCopy: false,
    isFast: false,
    costUsd: null,
    ...changes,
    tokens,
  };
}

function ledgerOf(rows: readonly ResponseRow[]): Ledger {
  const ledger = new Ledger();
  for (const each of rows) ledger.add(each, '/account');
  return ledger;
}

const outputs = (rows: readonly ResponseRow[]) =>
  [...ledgerOf(rows).responses()].map(({ tokens }) => tokens.output).sort((a, b) => a - b);

describe('the ledger counts a response once', () => {
  // ARCHITECTURE.md, Metering; each case also holds backwards and when every row comes twice.
  const cases: [string, readonly ResponseRow[], readonly number[]][] = [
    [
      'several content blocks, growing output',
      [row({ tokens: { output: 3 } }), row({ tokens: { output: 40 } }), row({ tokens: { output: 7 } })],
      [40],
    ],
    ['a fork in another file', [row(), row({ sessionId: 's2', rowId: 'u1' })], [10]],
    ['a side question: new request id, same input side', [row(), row({ requestId: 'req_2', isSidechain: true })], [10]],
    ['one row with and one without request id', [row(), row({ requestId: null })], [10]],
    ['no request ids at all', [row({ requestId: null }), row({ requestId: null, tokens: { output: 12 } })], [12]],
    [
      'one id for several responses (claude-code #64880)',
      [
        row(),
        row({ requestId: 'req_2', tokens: { input: 6 } }),
        row({ requestId: 'req_3', tokens: { cacheRead: 2000 } }),
      ],
      [10, 10, 10],
    ],
    [
      'a gateway with a constant id',
      [
        row({ messageId: 'chat', requestId: null }),
        row({ messageId: 'chat', requestId: null, tokens: { cacheRead: 1100 } }),
      ],
      [10, 10],
    ],
    [
      'a gateway with the same id in two sessions',
      [row({ messageId: 'chat' }), row({ messageId: 'chat', sessionId: 's2' })],
      [10, 10],
    ],
    [
      'rows without an id, by their own id',
      [row({ messageId: null }), row({ messageId: null }), row({ messageId: null, rowId: 'u2' })],
      [10, 10],
    ],
    ['two responses that look alike', [row(), row({ messageId: 'msg_2' })], [10, 10]],
    ['two agents with one id', [row(), row({ agent: 'codex' })], [10, 10]],
  ];
  for (const [name, rows, wanted] of cases) {
    it(name, () => {
      assert.deepEqual(outputs(rows), wanted);
      assert.deepEqual(outputs([...rows].reverse()), wanted);
      assert.deepEqual(outputs([...rows, ...rows]), wanted);
    });
  }

  it('finds the same response again after its counts were corrected', () => {
    const rows = [row(), row({ tokens: { input: 9 } }), row({ requestId: null })];
    assert.deepEqual(outputs(rows), [10]);
    assert.deepEqual(outputs([...rows, ...rows]), [10]);
  });

  it('knows whether a row told something new', () => {
    const ledger = new Ledger();
    assert.equal(ledger.add(row({ tokens: { output: 3 } }), '/account'), true);
    assert.equal(ledger.add(row({ tokens: { output: 3 } }), '/account'), false);
    assert.equal(ledger.add(row({ tokens: { output: 2 } }), '/account'), false);
    assert.equal(ledger.add(row({ tokens: { output: 4 } }), '/account'), true);
    assert.equal(ledger.size, 1);
  });

  it('keeps the largest count of each class, and the sum of cache writes whole', () => {
    const unsplit = row({ tokens: { cacheWrite5m: 100, cacheWrite1h: 0 } });
    const split = row({ tokens: { cacheWrite5m: 0, cacheWrite1h: 100, input: 6 } });
    for (const rows of [
      [unsplit, split],
      [split, unsplit],
    ]) {
      const [response] = ledgerOf(rows).responses();
      assert.deepEqual(response?.tokens, { input: 6, output: 10, cacheWrite5m: 0, cacheWrite1h: 100, cacheRead: 1000 });
    }
  });

  it('takes time, session and folder from the main row', () => {
    const main = row({ at: 2000, sessionId: 's2', cwd: '/main' });
    const side = row({ at: 1000, sessionId: 's1', cwd: '/side', isSidechain: true });
    for (const rows of [
      [main, side],
      [side, main],
    ]) {
      const [response] = ledgerOf(rows).responses();
      assert.deepEqual(
        [response?.at, response?.sessionId, response?.cwd, response?.isSidechain],
        [2000, 's2', '/main', false],
      );
    }
  });
});

describe('the ledger on a corpus of known truth', () => {
  const { files, truth } = usageCorpus({ seed: 7, sessions: 60, filler: 0 });
  const rows = [...files].flatMap(([path, lines]) =>
    lines.flatMap((line) => {
      const told = claudeRows(line, claudeTranscripts.sessionKey(path));
      assert.notEqual(told, 'bad');
      return told === 'bad' ? [] : told;
    }),
  );
  const check = (ledger: Ledger) => {
    const all = [...ledger.responses()];
    assert.equal(all.length, truth.responses);
    assert.deepEqual(all.map(({ tokens }) => tokens).reduce(plus, noTokens), truth.tokens);
    const sessions = sessionsOf(all, new Prices()).map(({ sessionId, tokens }) => [sessionId, newTokens(tokens)]);
    assert.deepEqual(new Map(sessions as [string, number][]), truth.bySession);
  };

  it('is a corpus worth the name', () => assert.ok(rows.length > 2 * truth.responses && truth.responses > 300));
  it('is exact', () => check(ledgerOf(rows)));
  it('is exact backwards', () => check(ledgerOf([...rows].reverse())));
  it('is exact in any order', () => check(ledgerOf([...rows].sort((a, b) => hash(a) - hash(b)))));
  it('changes nothing when all is read again', () => {
    const ledger = ledgerOf(rows);
    assert.deepEqual(
      rows.filter((each) => ledger.add(each, '/account')),
      [],
    );
    check(ledger);
  });
});

function claudeRows(line: string, sessionKey: string): readonly ResponseRow[] | 'bad' {
  const match = claudeTranscripts.match('s.jsonl');
  assert.ok(match?.format.kind === 'lines');
  const told = match.format.open(sessionKey, null).parse(line);
  return told === 'bad' ? told : told.flatMap((fact) => (fact.kind === 'response' ? [fact.row] : []));
}

/** Some order that has nothing to do with the rows'. */
function hash({ id, tokens, at }: ResponseRow): number {
  return Buffer.from(`${id}${at}${tokens.output}`).reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 7);
}

describe('sessions', () => {
  const session = (...rows: ResponseRow[]) => sessionsOf(ledgerOf(rows).responses(), new Prices());

  it('sum up their responses, subagents included', () => {
    const [only, ...others] = session(
      row({ at: 1, cwd: '/repo' }),
      row({ at: 3, messageId: 'msg_2', cwd: '/repo/sub', model: 'sonnet' }),
      row({ at: 9, messageId: 'msg_3', isSidechain: true, model: 'haiku', cwd: '/tmp' }),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(only, {
      agent: 'claude',
      account: '/account',
      sessionId: 's1',
      cwd: '/repo',
      model: 'sonnet',
      firstAt: 1,
      lastAt: 9,
      responses: 3,
      tokens: { input: 15, output: 30, cacheWrite5m: 300, cacheWrite1h: 0, cacheRead: 3000 },
      costUsd: null,
      contextTokens: 1115,
      contextLimit: null,
    });
  });

  it('come newest first, and apart per agent', () => {
    const found = session(
      row({ at: 1 }),
      row({ at: 5, sessionId: 's2', messageId: 'm2' }),
      row({ at: 3, agent: 'codex' }),
    );
    assert.deepEqual(
      found.map(({ agent, sessionId }) => `${agent} ${sessionId}`),
      ['claude s2', 'codex s1', 'claude s1'],
    );
  });
});
