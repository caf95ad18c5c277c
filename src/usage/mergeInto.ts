import { type Draft, most, writeDraft } from './draft.ts';
import { flag, type ResponseTable } from './responseTable.ts';

/** Takes a draft of the same response into a row; true if that changed anything the row says. */
export function mergeInto(table: ResponseTable, row: number, draft: Draft): boolean {
  const { columns } = table;
  const [wasOld, isOld] = [table.has(row, flag.old), (draft.flags & flag.old) !== 0];
  if (isOld && !wasOld) return false;
  if (wasOld && !isOld) {
    // The rules have changed since; what they make of it now counts alone.
    writeDraft(table, row, draft);
    return true;
  }
  let changed = mergeTokens(table, row, draft);
  if (columns.model[row] === 0 && draft.model !== 0) {
    columns.model[row] = draft.model;
    changed = true;
  }
  const cost = columns.cost[row] ?? NaN;
  if (draft.cost > (Number.isNaN(cost) ? 0 : cost)) {
    columns.cost[row] = draft.cost;
    changed = true;
  }
  if (draft.contextLimit > (columns.contextLimit[row] ?? 0)) {
    columns.contextLimit[row] = draft.contextLimit;
    changed = true;
  }
  if ((draft.flags & flag.fast) !== 0 && !table.has(row, flag.fast)) {
    columns.flags[row] = (columns.flags[row] ?? 0) | flag.fast;
    changed = true;
  }
  return mergeOrigin(table, row, draft) || changed;
}

/**
 * The largest of each class. A row without the split of cache writes counts all of them as five-minute writes; so the maximum is taken
 * of the sum and of the one-hour part: the maximum of each part would count such writes twice.
 */
function mergeTokens(table: ResponseTable, row: number, draft: Draft): boolean {
  const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = table.columns;
  const [before5m, before1h] = [cacheWrite5m[row] ?? 0, cacheWrite1h[row] ?? 0];
  const written = Math.max(before5m + before1h, draft.cacheWrite5m + draft.cacheWrite1h);
  const of1h = Math.max(before1h, draft.cacheWrite1h);
  const of5m = Math.min(written - of1h, most);
  let changed = of1h !== before1h || of5m !== before5m;
  cacheWrite1h[row] = of1h;
  cacheWrite5m[row] = of5m;
  if (draft.input > (input[row] ?? 0)) {
    input[row] = draft.input;
    changed = true;
  }
  if (draft.output > (output[row] ?? 0)) {
    output[row] = draft.output;
    changed = true;
  }
  if (draft.cacheRead > (cacheRead[row] ?? 0)) {
    cacheRead[row] = draft.cacheRead;
    changed = true;
  }
  return changed;
}

/**
 * A side question, a progress row or a copied history repeats a response later and elsewhere, so the row nearest to the conversation
 * has the say on when and where; among equals the earliest time and, for forks that do not name their parent, the smaller session id
 * (and account), so that the order in which files are read does not matter.
 */
function mergeOrigin(table: ResponseTable, row: number, draft: Draft): boolean {
  const { columns, words, sources } = table;
  const flags = columns.flags[row] ?? 0;
  const nearer = nearness(draft.flags) - nearness(flags);
  if (nearer < 0) return false;
  const takesOver = nearer > 0;
  const [at, session, source, cwd] = [
    columns.at[row] ?? 0,
    columns.session[row] ?? 0,
    columns.source[row] ?? 0,
    columns.cwd[row] ?? 0,
  ];
  const isEarlier = takesOver || draft.at < at;
  const isSmaller = (words.text(draft.session) ?? '') < (words.text(session) ?? '');
  const newSession = takesOver || isSmaller ? draft.session : session;
  const isFirst = (sources[draft.source]?.account ?? '') < (sources[source]?.account ?? '');
  const newSource = takesOver || isFirst ? draft.source : source;
  const newCwd = isEarlier ? draft.cwd || cwd : cwd || draft.cwd;
  if (!isEarlier && newSession === session && newSource === source && newCwd === cwd) return false;
  if (isEarlier) columns.at[row] = draft.at;
  columns.session[row] = newSession;
  columns.source[row] = newSource;
  columns.cwd[row] = newCwd;
  columns.file[row] = draft.file;
  const origin = flag.sidechain | flag.copy;
  columns.flags[row] = (flags & ~origin) | (draft.flags & origin);
  return true;
}

function nearness(flags: number): number {
  return (flags & flag.copy) !== 0 ? 0 : (flags & flag.sidechain) !== 0 ? 1 : 2;
}
