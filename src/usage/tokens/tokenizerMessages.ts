import * as v from 'valibot';

/** What the tokenizer's thread is started with (`workerData`). */
export const tokenizerDataSchema = v.strictObject({
  files: v.array(v.string()),
  /** transcripts of Claude Code to learn the model's factor from, newest first */
  transcripts: v.array(v.string()),
  model: v.nullable(v.string()),
  deadlineMs: v.number(),
});
export type TokenizerData = v.InferOutput<typeof tokenizerDataSchema>;

/** The one message that it sends. */
export const tokenizerAnswerSchema = v.object({
  /** of the files that could be read, in the model's own tokens */
  tokens: v.number(),
  isApproximate: v.boolean(),
  /** files that are none, or could not be read */
  missing: v.array(v.string()),
  /** of the model, for one token of o200k */
  factor: v.number(),
});
export type CountedFiles = v.InferOutput<typeof tokenizerAnswerSchema>;
