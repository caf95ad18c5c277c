/* Taking back all we ever wrote: a bundle of its own (`removeEverything.cjs`), which hardly anybody needs. */
export { findTraces } from './findTraces.ts';
export { removeTraces, withoutCheckpoints } from './removeTraces.ts';
