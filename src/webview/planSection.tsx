import type { ChunkView, PlanView } from '../protocol/chunkView.ts';
import { Button } from './button.tsx';
import { fill } from './fill.ts';
import { Glyph, type GlyphName } from './glyph.tsx';
import { number } from './locale.ts';
import { strings } from './strings.ts';

const chunkGlyphs: Readonly<Record<ChunkView['status'], GlyphName>> = {
  open: 'circle',
  begun: 'play',
  done: 'pass',
  red: 'error',
  dropped: 'circle-slash',
};

function costWords({ costTokens, budgetTokens }: ChunkView): string | null {
  if (costTokens !== null && budgetTokens !== null) {
    return fill(strings.cost, number.short(costTokens), number.short(budgetTokens));
  }
  if (costTokens !== null) return fill(strings.costAlone, number.short(costTokens));
  return budgetTokens === null ? null : fill(strings.budgetAlone, number.short(budgetTokens));
}

function Chunk({ chunk, isNext }: { readonly chunk: ChunkView; readonly isNext: boolean }) {
  const cost = costWords(chunk);
  const hint = [chunk.title, chunk.doneWhen === null ? null : fill(strings.doneWhen, chunk.doneWhen), cost]
    .filter((line) => line !== null)
    .join('\n');
  return (
    <li class={`chunk chunk-${chunk.status}`} aria-current={isNext ? 'step' : undefined} title={hint}>
      <Glyph name={chunkGlyphs[chunk.status]} />
      <span class="unseen">{strings.chunks[chunk.status]}</span>
      <span class="label">{chunk.title}</span>
      {cost !== null && (
        <span class="quiet cost" title={strings.costHint}>
          {cost}
        </span>
      )}
    </li>
  );
}

interface PlanSectionProps {
  readonly plan: PlanView;
  readonly root: string;
  readonly sectionId: string;
}

/** The chunks of a folder's task, and the way to the next one. */
export function PlanSection({ plan, root, sectionId }: PlanSectionProps) {
  const { chunks, next, busy, failure } = plan;
  const counting = chunks.filter(({ status }) => status !== 'dropped');
  const done = counting.filter(({ status }) => status === 'done').length;
  const status = chunks.find(({ number }) => number === next)?.status;
  const running = busy === 'starting' ? strings.starting : busy === 'verifying' ? strings.verifying : null;
  return (
    <section class="plan" aria-labelledby={`${sectionId}-plan`} aria-busy={busy !== null}>
      <header class="section-header">
        <div class="heading">
          <h2 id={`${sectionId}-plan`}>{strings.plan}</h2>
        </div>
        <Button look="link" label={strings.openPlan} message={{ type: 'openPlan', root }} />
        <div class="line facts-line">
          <span class="folder-count quiet" title={plan.title}>
            {fill(strings.planDone, number.whole(done), number.whole(counting.length))} · {plan.title}
          </span>
        </div>
      </header>
      <ol class="chunks">
        {chunks.map((chunk) => (
          <Chunk key={chunk.number} chunk={chunk} isNext={chunk.number === next} />
        ))}
      </ol>
      {failure !== null && (
        <div class="failure">
          <p>{strings.verifyFailed}</p>
          <pre tabIndex={0}>{failure}</pre>
        </div>
      )}
      <div class="section-actions">
        {next === null ? (
          <p class="quiet">{strings.planEnded}</p>
        ) : (
          <Button
            look="primary"
            label={status === 'begun' || status === 'red' ? strings.goOnWith[status] : strings.startNext}
            message={{ type: 'startNextChunk', root }}
            running={running}
          />
        )}
      </div>
    </section>
  );
}
