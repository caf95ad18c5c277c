/** What the tees take copies of: the input of a statusline, or what a run without a terminal prints. */
export type TeeKind = 'statusline' | 'stream-json';
