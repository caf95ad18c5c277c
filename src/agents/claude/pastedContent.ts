const mark = /<pasted_content id="[^"<>\n]{0,40}">\n?|\n?<\/pasted_content id="[^"<>\n]{0,40}">\n?/g;

/**
 * A prompt as the person wrote it. Claude Code wraps what was pasted, and any 800 characters that come in one piece, in
 * `<pasted_content id="890d">`, a line of its own: that line would be the prompt's name everywhere.
 */
export function withoutPasteMarks(prompt: string): string {
  return prompt.includes('<pasted_content ') ? prompt.replace(mark, '') : prompt;
}
