import { Glyph, type GlyphName } from './glyph.tsx';

interface ButtonProps {
  readonly label: string;
  readonly onPress: () => void;
  /** the host's name for what it does; tests and styles find the button by it */
  readonly action: string;
  readonly look?: 'primary' | 'secondary' | 'link';
  readonly glyph?: GlyphName;
  readonly hint?: string;
  /** words while it runs; the button then shows progress */
  readonly running?: string | null;
  readonly disabled?: boolean;
}

/**
 * A button that stays focusable while it may not be pressed: `disabled` would throw the keyboard focus away
 * in the middle of the very action that disabled it.
 */
export function Button({
  label,
  onPress,
  action,
  look = 'secondary',
  glyph,
  hint,
  running = null,
  disabled = false,
}: ButtonProps) {
  const off = disabled || running !== null;
  const shown = running === null ? glyph : 'loading';
  return (
    <button
      type="button"
      class={`button ${look}`}
      data-action={action}
      title={hint}
      aria-disabled={off}
      onClick={() => {
        if (!off) onPress();
      }}
    >
      {shown !== undefined && <Glyph name={shown} />}
      <span class="button-label">{running ?? label}</span>
    </button>
  );
}
