import { transcriptSources } from '../../src/agents/transcriptSources.ts';
import { readUsage } from '../../src/usage/readUsage.ts';

// Reads a home's transcripts through the store and writes what came of it as JSON, for tests that need processes of their own.
// Arguments: home, state folder, and how often (a loop, to be killed in its midst, starts with every reading anew).

const [home = '', stateFolder = '', times = '1'] = process.argv.slice(2);
for (let time = 1; time <= Number(times); time += 1) {
  const surroundings = { home, env: {}, platform: process.platform };
  const scan = await readUsage({ sources: transcriptSources, surroundings, stateFolder, sinceMs: null });
  const responses = [...scan.ledger.responses()];
  const tokens = responses.reduce((sum, each) => sum + each.tokens.output, 0);
  process.stdout.write(
    `${JSON.stringify({ responses: responses.length, output: tokens, state: scan.storeState() })}\n`,
  );
}
