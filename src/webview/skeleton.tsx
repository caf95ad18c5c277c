import { strings } from './strings.ts';

/** A row before there is anything to say in it. */
export function RowBones() {
  return (
    <>
      <div class="bone round" />
      <div class="row-text">
        <div class="bone" />
        <div class="bone short" />
      </div>
    </>
  );
}

/** Stands where the checkpoints will be, at their size, so that nothing moves when they come. Still on purpose. */
export function CheckpointsSkeleton() {
  return (
    <section class="folder" aria-labelledby="skeleton-heading" aria-busy="true">
      <header class="section-header">
        <div class="heading">
          <h2 id="skeleton-heading">{strings.checkpoints}</h2>
        </div>
        <div class="header-actions">
          <span class="button" />
        </div>
        <div class="line facts-line">
          <span class="folder-count" />
        </div>
      </header>
      <div class="skeleton" aria-hidden="true">
        {[0, 1, 2, 3].map((row) => (
          <div key={row} class="skeleton-row">
            <RowBones />
          </div>
        ))}
      </div>
    </section>
  );
}

/** The gauge before the host's first word: as tall as one window and a session, the usual case. */
export function GaugeSkeleton() {
  return (
    <section class="gauge" aria-labelledby="skeleton-usage-heading" aria-busy="true">
      <header class="section-header">
        <h2 id="skeleton-usage-heading">{strings.usage}</h2>
      </header>
      <div class="gauge-body skeleton-gauge" aria-hidden="true">
        <div class="bone" />
        <div class="bone short" />
      </div>
    </section>
  );
}
