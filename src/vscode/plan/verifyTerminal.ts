import * as vscode from 'vscode';

const { t } = vscode.l10n;

/** Scrollback that a terminal shows when it is opened after the command has begun. */
const mostPending = 200_000;

/**
 * A terminal of ours that shows what verify commands print, one after the other. The command itself runs in our own process group with
 * our deadline (checkpoints/verify), which a shell in a terminal could not give. Ctrl-C and closing it cancel what runs.
 */
export class VerifyTerminal implements vscode.Disposable {
  readonly #written = new vscode.EventEmitter<string>();
  #terminal: vscode.Terminal | undefined;
  #pending = '';
  #isOpen = false;
  #cancel: (() => void) | undefined;

  /** Writes the command as a shell would; shown, it does not take the focus. */
  begin(command: string, cancel: () => void, isShown: boolean): void {
    this.#cancel = cancel;
    this.#terminal ??= this.#make();
    if (isShown) this.#terminal.show(true);
    this.write(`\u001B[1m$ ${command}\u001B[0m\n`);
  }

  end(words: string): void {
    this.#cancel = undefined;
    this.write(`\n\u001B[2m${words}\u001B[0m\n\n`);
  }

  write(text: string): void {
    // A terminal takes a line feed for just that.
    const lines = text.replace(/\r?\n/g, '\r\n');
    if (this.#isOpen) this.#written.fire(lines);
    else this.#pending = (this.#pending + lines).slice(-mostPending);
  }

  show(): void {
    this.#terminal?.show(true);
  }

  #make(): vscode.Terminal {
    const pty: vscode.Pseudoterminal = {
      onDidWrite: this.#written.event,
      open: () => {
        this.#isOpen = true;
        if (this.#pending !== '') this.#written.fire(this.#pending);
        this.#pending = '';
      },
      close: () => {
        this.#isOpen = false;
        this.#terminal = undefined;
        this.#cancel?.();
      },
      handleInput: (data) => {
        if (data.includes('\u0003')) this.#cancel?.();
      },
    };
    return vscode.window.createTerminal({
      name: t('Soft Landing: Verify'),
      iconPath: new vscode.ThemeIcon('beaker'),
      pty,
    });
  }

  dispose(): void {
    this.#cancel?.();
    this.#terminal?.dispose();
    this.#written.dispose();
  }
}
