import { join } from 'node:path';

/** Where the samples of cut-off sessions lie. Not for tests that are bundled: they are told by the editor where they are. */
export const interruptionFixtures = join(import.meta.dirname, '..', 'fixtures', 'interruptions');
