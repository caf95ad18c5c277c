const names: Readonly<Record<string, string>> = {
  claude: 'Claude Code',
  codex: 'Codex',
  gemini: 'Gemini CLI',
  opencode: 'opencode',
};

/** What people call the agent; ids that are not known here stay as they are. The panel keeps its own words (webview/strings.ts). */
export function agentName(id: string): string {
  return names[id] ?? id;
}
