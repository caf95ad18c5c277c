/** Output tokens of each turn that is written. */
export const turnOutput = 321;

/** The lines of one more turn of a session, now: a prompt, a response in two rows, what its tool gave back. Numbers make turns differ. */
export function todaysTurn(number: number, sessionId = 'today'): string {
  const at = new Date().toISOString();
  const base = { timestamp: at, sessionId, cwd: '/home/dev/today', version: '2.1.330', isSidechain: false };
  const usage = {
    input_tokens: 7,
    cache_creation_input_tokens: 1000,
    cache_read_input_tokens: 20_000 + number,
    cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 0 },
  };
  const uuid = (row: number) => `${sessionId}-${number}-${row}`;
  const response = (row: number, output: number) => ({
    ...{ ...base, type: 'assistant', uuid: uuid(row), requestId: `req_${sessionId}${number}` },
    message: {
      ...{ id: `msg_${sessionId}${number}`, type: 'message', role: 'assistant', model: 'claude-opus-4-5-20251101' },
      content: [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'npm test' } }],
      usage: { ...usage, output_tokens: output },
    },
  });
  const result = {
    role: 'user',
    content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok '.repeat(2000) }],
  };
  const rows = [
    { ...base, type: 'user', uuid: uuid(0), message: { role: 'user', content: 'Go on.' } },
    response(1, 3),
    response(2, turnOutput),
    { ...base, type: 'user', uuid: uuid(3), message: result },
  ];
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
