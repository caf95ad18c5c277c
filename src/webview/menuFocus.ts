/** The class by which the editor tells a page that a context menu of it is open. */
const openMark = 'vscode-context-menu-visible';

/**
 * Gives the keyboard back to where it was when a context menu closes. The menu takes it from the page, and afterwards the editor focuses
 * the frame, but nothing in it, where no key does anything. At once: a command chosen from the menu may be about to ask something, which
 * must not lose the keyboard to us.
 */
export function keepKeyboardOverMenus(): void {
  let at: Element | null = null;
  let wasOpen = false;
  addEventListener('contextmenu', () => (at = document.activeElement), true);
  new MutationObserver(() => {
    const isOpen = document.body.classList.contains(openMark);
    if (wasOpen && !isOpen && at instanceof HTMLElement) at.focus({ preventScroll: true });
    wasOpen = isOpen;
  }).observe(document.body, { attributeFilter: ['class'] });
}
