import type { PanelStrings } from '../protocol/panelStrings.ts';

/** The host is trusted for the words; this only notices that there are none. */
function areStrings(value: unknown): value is PanelStrings {
  return typeof value === 'object' && value !== null && 'panel' in value;
}

function fromPage(): PanelStrings {
  const parsed: unknown = JSON.parse(document.getElementById('panel')?.dataset['strings'] ?? 'null');
  if (!areStrings(parsed)) throw new Error('The page has no words.');
  return parsed;
}

/** Every word the panel shows, as the host wrote them into the page. */
export const strings = fromPage();
