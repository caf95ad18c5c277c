import type { RefObject } from 'preact';
import { Button } from './button.tsx';
import { named } from './fill.ts';
import type { Filter } from './filter.ts';
import type { ShownPage } from './picture.ts';
import { strings } from './strings.ts';

interface FilterBarProps {
  readonly filter: Filter;
  readonly pages: readonly ShownPage[];
  readonly input: RefObject<HTMLInputElement | null>;
  readonly onFilter: (filter: Filter) => void;
  readonly onClose: () => void;
  /** to the list, where what was found is */
  readonly onLeave: () => void;
}

/** Narrows the list down: by words, kind, agent, and by what passed the verify command. */
export function FilterBar({ filter, pages, input, onFilter, onClose, onLeave }: FilterBarProps) {
  const rows = pages.flatMap(({ body }) => (body ?? []).flatMap((turn) => turn.rows));
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  const agents = [...new Set(rows.flatMap(({ agent }) => agent ?? []))];
  return (
    <div
      class="filter"
      role="search"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
        else if (event.key === 'ArrowDown' && event.target === input.current) onLeave();
        else return;
        event.preventDefault();
      }}
    >
      <input
        ref={input}
        type="search"
        class="filter-text"
        aria-label={strings.filter}
        placeholder={strings.filterHint}
        value={filter.text}
        onInput={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
      />
      <select
        aria-label={strings.allKinds}
        value={filter.kind}
        onChange={(event) => onFilter({ ...filter, kind: event.currentTarget.value })}
      >
        <option value="">{strings.allKinds}</option>
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {strings.kinds[kind]}
          </option>
        ))}
      </select>
      {agents.length > 1 && (
        <select
          aria-label={strings.allAgents}
          value={filter.agent}
          onChange={(event) => onFilter({ ...filter, agent: event.currentTarget.value })}
        >
          <option value="">{strings.allAgents}</option>
          {agents.map((agent) => (
            <option key={agent} value={agent}>
              {named(strings.agents, agent)}
            </option>
          ))}
        </select>
      )}
      <Button
        label={strings.onlyGreen}
        hint={strings.onlyGreenHint}
        glyph="pass"
        action="onlyGreen"
        pressed={filter.green}
        onPress={() => onFilter({ ...filter, green: !filter.green })}
      />
    </div>
  );
}
