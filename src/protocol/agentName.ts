/** What people call the agents; in every language. */
export const agentNames: Readonly<Record<string, string>> = {
  claude: 'Claude Code',
  codex: 'Codex',
  gemini: 'Gemini CLI',
  opencode: 'opencode',
};

/** Ids that are not known here stay as they are. */
export function agentName(id: string): string {
  return agentNames[id] ?? id;
}
