import type { CheckpointKind } from '../protocol/checkpoint.ts';
import type { GaugeLevel } from '../protocol/gauge.ts';

const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

const beforeByKind: Readonly<Record<CheckpointKind, string>> = {
  manual: 'made by you',
  session: 'before the session',
  prompt: 'before the prompt',
  tool: 'before a tool ran',
  turn: 'after the turn',
  interrupted: 'when the agent was cut off',
  ambient: 'before edits seen in the editor',
  verify: 'made to be verified',
  safety: 'safety checkpoint',
  'failed-restore': 'after a reset that failed',
};

const nameByKind: Readonly<Record<CheckpointKind, string>> = {
  manual: 'Manual checkpoint',
  session: 'Session start',
  prompt: 'Prompt',
  tool: 'Tool',
  turn: 'End of turn',
  interrupted: 'Cut off',
  ambient: 'Ambient checkpoint',
  verify: 'Verified state',
  safety: 'Safety checkpoint',
  'failed-restore': 'Failed reset',
};

const levelWords: Readonly<Record<GaugeLevel, string>> = {
  ok: 'On course',
  caution: 'Near reserve',
  landing: 'In reserve',
  exhausted: 'Used up',
  unknown: 'Limit unknown',
};

const agentNames: Readonly<Record<string, string>> = {
  claude: 'Claude Code',
  codex: 'Codex',
  gemini: 'Gemini CLI',
  opencode: 'opencode',
};

/** Every word the panel shows, in one place so that it can be localised as one piece. Numbers and times arrive already formatted. */
export const strings = {
  panel: 'Soft Landing',
  usage: 'Usage',
  checkpoints: 'Checkpoints',

  agent: (id: string) => agentNames[id] ?? id,
  level: (level: GaugeLevel) => levelWords[level],

  used: (percent: string, sure: boolean, atLeast: boolean) =>
    `${atLeast ? 'at least ' : sure ? '' : '~'}${percent}% used`,
  evenPace: (percent: string) => `Even pace ${percent}%`,
  runsOut: (toReserve: boolean, earliest: string, latest: string | null) =>
    `${toReserve ? 'reserve reached' : 'used up'} ` +
    (latest === null ? `from ${earliest} on, or not before the reset` : `about ${earliest}–${latest}`),
  reading: (percent: string) => `Reading transcripts, ${percent}%. Numbers still grow.`,
  resets: (clock: string, left: string) => `Resets ${clock}, in ${left}`,
  resetDue: (clock: string) => `Was due to reset ${clock}`,
  reserve: (reserve: string, headroom: string) =>
    `The last ${reserve}% is the reserve, kept for finishing and saving. ${headroom}% left before it.`,
  meter: (window: string, used: string, sure: boolean, atLeast: boolean, reserve: string, level: string) =>
    `${window}: ${atLeast ? 'at least ' : sure ? '' : 'about '}${used} percent used, the last ${reserve} percent are the reserve, ${level}`,
  meterResets: (clock: string) => `resets ${clock}`,
  derived: (error: number | null) => (error === null ? 'estimated' : `estimated, ±${Math.ceil(error)}`),
  limitUnknown: 'No usage limit is known yet, so only tokens are shown.',
  noSession: 'No agent has run here yet. Tokens appear with its first answer.',

  session: 'Session',
  newTokens: (count: number) => plural(count, 'new token', 'new tokens'),
  input: 'Input',
  output: 'Output',
  cacheWrite: 'Cache write',
  cacheRead: 'Cache reads',
  cacheReadHint: 'Cache reads are not counted as new tokens.',

  create: 'Create Checkpoint',
  creating: 'Creating…',
  reset: 'Reset',
  resetTo: (label: string) => `Reset to “${label}”`,
  resetHint: 'Reset the working state to this checkpoint',
  resetting: 'Resetting…',
  undo: 'Undo Reset',
  undoing: 'Undoing…',
  undoHint: (label: string) => `Undo the reset to “${label}”`,
  wasReset: (label: string) => `Was reset to “${label}”.`,
  count: (count: number, formatted: string) => `${formatted} ${plural(count, 'checkpoint', 'checkpoints')}`,
  countAndSize: (count: string, size: string) => `${count}, ${size}`,
  prune: (policy: string) => `${policy}\nPrune Old Checkpoints…`,
  pinned: 'Pinned',
  list: (folder: string | null) => (folder === null ? 'Checkpoints' : `Checkpoints of ${folder}`),
  keys: 'Enter or R resets to the checkpoint, C creates one, the context menu has more.',

  kind: (kind: CheckpointKind) => nameByKind[kind],
  before: (kind: CheckpointKind, tool: string | null) => (tool === null ? beforeByKind[kind] : `before ${tool}`),
  files: (count: number, formatted: string) =>
    count === 0 ? 'no changes' : `${formatted} ${plural(count, 'file', 'files')}`,
  filesChanged: (count: number, formatted: string) =>
    count === 0 ? 'no files changed' : `${formatted} ${plural(count, 'file', 'files')} changed`,
  onBranch: (branch: string) => `on branch ${branch}`,
  skipped: (count: number, formatted: string) =>
    `${formatted} ${plural(count, 'path is', 'paths are')} not in this checkpoint`,
  skippedPath: (path: string, reason: string) => `${path}: ${reason}`,
  andMore: (count: string) => `and ${count} more`,

  created: (count: number, formatted: string, files: string) =>
    count === 1 ? `Checkpoint created, ${files}` : `${formatted} checkpoints created`,
  resetDone: (label: string) => `Reset to “${label}” done. Undo Reset takes it back.`,

  noFolder: 'Checkpoints save the work in a folder. No folder is open.',
  openFolder: 'Open Folder',
  untrusted: 'Checkpoints are off while this workspace is not trusted.',
  manageTrust: 'Manage Workspace Trust',
  noGit: 'Checkpoints are kept by git, and git was not found on this machine.',
  getGit: 'Get Git',
  gitTooOld: 'The git found here is too old. Checkpoints need git 2.38 or later.',
  updateGit: 'Update Git',
  notARepository: 'This folder is not a git repository. Its checkpoints can be kept outside of it.',
  initRepository: 'Initialize Repository',
  failed: (detail: string) => (detail === '' ? 'Checkpoints could not be read.' : detail),
  showLog: 'Show Log',
  nothingUnhooked: 'Let your agent save a checkpoint before each of its edits, so that every edit can be taken back.',
  nothingHooked: 'No checkpoints yet. One will appear before the agent’s next edit.',
  installHooks: 'Install Agent Hooks',
  unhooked: 'No agent’s edits are saved here.',
};
