import type { ComponentChildren } from 'preact';
import { Button } from './button.tsx';
import { fill, named } from './fill.ts';
import { Glyph, type GlyphName } from './glyph.tsx';
import type { ShownFolder } from './picture.ts';
import { strings } from './strings.ts';

function Notice({
  name,
  glyph,
  children,
}: {
  readonly name: string;
  readonly glyph: GlyphName;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="notice" data-notice={name}>
      <Glyph name={glyph} />
      {children}
    </div>
  );
}

interface UndoNoticeProps {
  readonly undoable: string;
  readonly running: boolean;
  readonly disabled: boolean;
  readonly onUndo: () => void;
}

export function UndoNotice({ undoable, running, disabled, onUndo }: UndoNoticeProps) {
  return (
    <Notice name="undo" glyph="discard">
      <span class="notice-text" title={fill(strings.wasReset, undoable)}>
        {fill(strings.wasReset, undoable)}
      </span>
      <Button
        label={strings.undo}
        action="undo"
        hint={fill(strings.undoHint, undoable)}
        onPress={onUndo}
        running={running ? strings.undoing : null}
        disabled={disabled}
      />
    </Notice>
  );
}

/** What keeps an agent's edits from being saved. */
export function HookNotices({ folder, hasRows }: { readonly folder: ShownFolder; readonly hasRows: boolean }) {
  const { root, hooksInstalled, untrustedHooks = [] } = folder;
  return (
    <>
      {hasRows && !hooksInstalled && (
        <Notice name="hooks" glyph="warning">
          <span class="notice-text">
            {strings.unhooked}{' '}
            <Button look="link" label={strings.installHooks} message={{ type: 'installHooks', root }} />
          </span>
        </Notice>
      )}
      {untrustedHooks.map((agent) => (
        <Notice key={agent} name="untrusted-hooks" glyph="warning">
          <span class="notice-text">{fill(strings.untrustedHooks, named(strings.agents, agent))}</span>
        </Notice>
      ))}
    </>
  );
}

/** A state could not be saved: nothing is more important. */
export function UnprotectedNotice({ reason }: { readonly reason: string }) {
  return (
    <Notice name="unprotected" glyph="error">
      <span class="notice-text">
        {fill(strings.unprotected, reason)} <Button look="link" label={strings.showLog} message={{ type: 'showLog' }} />
      </span>
    </Notice>
  );
}
