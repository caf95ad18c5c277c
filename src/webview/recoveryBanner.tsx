import type { InterruptionView } from '../protocol/interruption.ts';
import { Button } from './button.tsx';
import { counted, fill, named } from './fill.ts';
import { Glyph } from './glyph.tsx';
import { number, time } from './locale.ts';
import { strings } from './strings.ts';

interface RecoveryBannerProps {
  readonly interruption: InterruptionView;
  readonly root: string;
  readonly bannerId: string;
  readonly busy: boolean;
  /** label of the checkpoint that the last reset went to; null: there is none to undo */
  readonly undoable: string | null;
  readonly now: number;
}

function stateWords({ filesChanged, green }: InterruptionView): string {
  const files =
    filesChanged === 0
      ? strings.noFilesChanged
      : counted(strings.filesChanged, filesChanged, number.whole(filesChanged));
  return `${files}, ${green === null ? strings.notVerified : green ? strings.isGreen : strings.isRed}`;
}

/** An agent was cut off: what it was at, and the ways from here, back or on. */
export function RecoveryBanner({ interruption, root, bannerId, busy, undoable, now }: RecoveryBannerProps) {
  const { agent, at, reason, message, goOnFrom, task, chunk, green, lastGreen, goOnAt, continuesItself } = interruption;
  const goesOn = continuesItself
    ? strings.goesOnItself
    : goOnAt === null
      ? null
      : fill(strings.goesOnAt, time.clock(goOnAt, now));
  const isBack = undoable === lastGreen?.label;
  // A red state is rather gone back from, any other kept.
  const backFirst = green === false && lastGreen !== null && !isBack;
  const back = lastGreen !== null && (
    <Button
      look={backFirst ? 'primary' : 'secondary'}
      glyph="discard"
      label={isBack ? strings.undo : strings.resetGreen}
      hint={fill(isBack ? strings.undoHint : strings.resetGreenHint, lastGreen.label)}
      message={{ type: isBack ? 'undo' : 'resetToLastGreen', root }}
      disabled={busy}
    />
  );
  const onward = goesOn === null && (
    <Button
      look={backFirst ? 'secondary' : 'primary'}
      glyph="play"
      label={goOnFrom !== null && goOnFrom > now ? fill(strings.goOnAt, time.clock(goOnFrom, now)) : strings.goOn}
      message={{ type: 'goOn', root }}
    />
  );
  return (
    <section class="recovery" aria-labelledby={bannerId}>
      <div class="recovery-head">
        <Glyph name="circle-slash" />
        <h2 id={bannerId} title={time.exact(at)}>
          {fill(strings.cutOff, named(strings.agents, agent), time.relative(at, now))}
        </h2>
        <Button look="icon" glyph="close" label={strings.dismiss} message={{ type: 'dismissInterruption', root }} />
      </div>
      <p title={message}>{strings.reasons[reason]}</p>
      <p class="task" title={task}>
        {fill(strings.task, task)}
      </p>
      {chunk !== null && <p class="quiet">{fill(strings.openChunk, chunk)}</p>}
      <p class="quiet">{isBack ? fill(strings.wasReset, undoable) : stateWords(interruption)}</p>
      {goesOn !== null && <p>{goesOn}</p>}
      <div class="recovery-actions">
        {backFirst ? back : onward}
        {backFirst ? onward : back}
      </div>
      <div class="recovery-links">
        <Button look="link" label={strings.handOver} message={{ type: 'handOver', root }} />
        <Button look="link" label={strings.openReport} message={{ type: 'openReport', root }} />
      </div>
    </section>
  );
}
