import type { PanelMessage } from '../protocol/panel.ts';
import { Glyph, type GlyphName } from './glyph.tsx';
import { send } from './host.ts';

interface ButtonProps {
  readonly label: string;
  /** what it asks the host for */
  readonly message?: PanelMessage;
  /** what it does in the panel itself */
  readonly onPress?: () => void;
  /** the name of that; tests and styles find the button by it, or by its message's */
  readonly action?: string;
  readonly look?: 'primary' | 'secondary' | 'link' | 'icon';
  readonly glyph?: GlyphName;
  readonly hint?: string | undefined;
  /** words while it runs; the button then shows progress */
  readonly running?: string | null;
  readonly disabled?: boolean;
  /** it switches something, which is on or off */
  readonly pressed?: boolean;
}

/**
 * A button that stays focusable while it may not be pressed: `disabled` would throw the keyboard focus away
 * in the middle of the very action that disabled it.
 */
export function Button({
  label,
  message,
  onPress,
  action = message?.type,
  look = 'secondary',
  glyph,
  hint,
  running = null,
  disabled = false,
  pressed,
}: ButtonProps) {
  const off = disabled || running !== null;
  const shown = running === null ? glyph : 'loading';
  const words = running ?? label;
  return (
    <button
      type="button"
      class={`button ${look}`}
      data-action={action}
      title={hint ?? (look === 'icon' ? words : undefined)}
      aria-disabled={off}
      aria-pressed={pressed}
      aria-label={look === 'icon' ? words : undefined}
      onClick={() => {
        if (off) return;
        if (message !== undefined) send(message);
        onPress?.();
      }}
    >
      {shown !== undefined && <Glyph name={shown} />}
      {look !== 'icon' && <span class="button-label">{words}</span>}
    </button>
  );
}
