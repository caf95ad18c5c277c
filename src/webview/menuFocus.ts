/** The class by which the editor tells a page that a context menu of it is open. */
const openMark = 'vscode-context-menu-visible';

/**
 * Takes the keyboard back when a context menu closes. The editor gives it to the frame around this page then, where no key does anything.
 * At once: a command chosen from the menu may be about to ask something, which must not lose the keyboard to us.
 */
export function takeKeyboardBackFromMenus(): void {
  let wasOpen = false;
  new MutationObserver(() => {
    const isOpen = document.body.classList.contains(openMark);
    if (wasOpen && !isOpen) window.focus();
    wasOpen = isOpen;
  }).observe(document.body, { attributeFilter: ['class'] });
}
