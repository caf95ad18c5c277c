import { Chance, corpusStart, Truth } from './corpusTools.ts';

/**
 * Chats as Gemini CLI writes them: old ones as one document, new ones as lines, in which messages come again with their tool calls and
 * whole lists of messages come again in `$set` lines; a chat that was taken up again in a second file. Same seed, same corpus.
 */
export function geminiCorpus(seed: number, chats: number): { files: Map<string, readonly string[]>; truth: Truth } {
  const chance = new Chance(seed);
  const truth = new Truth();
  const files = new Map<string, readonly string[]>();
  for (let index = 0; index < chats; index += 1) {
    const start = corpusStart + index * 2_300_000;
    const sessionId = chance.uuid(start);
    const messages: Record<string, unknown>[] = [{ id: chance.uuid(start), type: 'user', content: chance.text() }];
    let at = start;
    for (let turn = chance.between(1, 7); turn > 0; turn -= 1) {
      at += chance.between(1_000, 5_000_000);
      const input = chance.between(1_000, 60_000);
      const [cached, output] = [chance.between(0, input), chance.between(1, 900)];
      const [thoughts, tool] = [chance.between(0, 300), chance.of(0, 40)];
      const model = chance.of('gemini-2.5-flash', 'gemini-3-pro-preview');
      const tokens = { input: input - cached + tool, output: output + thoughts, cacheWrite5m: 0, cacheWrite1h: 0 };
      truth.add({ at, model, sessionId, tokens: { ...tokens, cacheRead: cached } });
      messages.push({
        id: chance.uuid(at),
        timestamp: new Date(at).toISOString(),
        type: 'gemini',
        content: chance.text(),
        tokens: { input, output, cached, thoughts, tool, total: input + output + thoughts + tool },
        model,
      });
    }
    const head = { sessionId, projectHash: 'abc', startTime: new Date(start).toISOString(), kind: 'main' };
    const folder = `.gemini/tmp/project-${index % 3}/chats/session-${index}`;
    if (index % 3 === 0) {
      files.set(`${folder}.json`, [JSON.stringify({ ...head, messages })]);
      continue;
    }
    const lines = messages.flatMap((message) => [
      message,
      { $set: { lastUpdated: 'now' } },
      ...(chance.between(0, 1) === 1 ? [{ ...message, toolCalls: [{ result: chance.text() }] }] : []),
    ]);
    const again = chance.between(0, 3) === 0 ? [{ $set: { messages } }] : [];
    files.set(
      `${folder}.jsonl`,
      [head, ...lines, ...again].map((line) => JSON.stringify(line)),
    );
    if (index % 5 === 1)
      files.set(
        `${folder}-resumed.jsonl`,
        [head, ...messages].map((line) => JSON.stringify(line)),
      );
  }
  return { files, truth };
}
