import { transcriptSources } from '../../src/agents/transcriptSources.ts';
import { UsageScan } from '../../src/usage/scan.ts';

// What a home's transcripts tell, as JSON on stdout, for tests that need another Node than the one they run on: HOME is the argument.

const scan = new UsageScan({
  sources: transcriptSources,
  surroundings: { home: process.argv[2] ?? '', env: {}, platform: process.platform },
  sinceMs: null,
});
await scan.sweep();
process.stdout.write(
  JSON.stringify({ ...scan.snapshot(), responses: [...scan.ledger.responses()], unread: scan.unread() }),
);
