/** Why an agent was cut off. */
export const interruptionReasons = [
  'usage-limit',
  'rate-limit',
  'credit',
  'overloaded',
  'api-error',
  'killed',
  'compacted',
] as const;
export type InterruptionReason = (typeof interruptionReasons)[number];

/** An agent that was cut off, as banner, `status` and `recover` tell of it. Times are epoch milliseconds. */
export interface InterruptionView {
  readonly id: string;
  readonly agent: string;
  readonly sessionId: string;
  readonly at: number;
  readonly reason: InterruptionReason;
  /** the agent's or vendor's own words */
  readonly message: string;
  readonly resetsAt: number | null;
  /** when going on makes sense: a little after the reset; null: at once */
  readonly goOnFrom: number | null;
  /** first line of the prompt that asked for the task */
  readonly task: string;
  /** title of the plan's chunk that stays open, if there is a plan */
  readonly chunk: string | null;
  readonly filesChanged: number;
  /** of the tree as it was cut off; null: not verified */
  readonly green: boolean | null;
  /** id and label of the newest checkpoint that passed its verify command before it */
  readonly lastGreen: { readonly id: string; readonly label: string } | null;
  /** id of the checkpoint of the cut-off state; null: it could not be made */
  readonly checkpoint: string | null;
  /** set once the user chose to go on at that time */
  readonly goOnAt: number | null;
  /** the agent continues by itself: nobody must send a second "continue" */
  readonly continuesItself: boolean;
  /** the report's folder */
  readonly folder: string;
}
