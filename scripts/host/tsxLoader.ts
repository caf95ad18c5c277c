import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** For `node --import`, so that a child runs our TypeScript from any working directory. (mocha loads this as CommonJS: no import.meta.resolve.) */
export const tsxLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
