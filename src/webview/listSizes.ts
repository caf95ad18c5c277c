import { useEffect, useRef } from 'preact/hooks';
import type { ChangeSize } from '../protocol/panelPicture.ts';
import { send } from './host.ts';
import { spanOf, type ListItem } from './listItems.ts';
import { sizeKey } from './picture.ts';

/** While somebody scrolls nothing is asked. */
const rest = 120;
/** As many as the host answers at once. */
const most = 64;

/** Asks for the sizes of what is in view, each once. */
export function useSizes(
  root: string,
  items: readonly ListItem[],
  drawn: readonly number[],
  isFiltered: boolean,
  sizes: Readonly<Record<string, ChangeSize>>,
): void {
  const asked = useRef(new Set<string>());
  useEffect(() => {
    const timer = setTimeout(() => {
      const pairs = drawn
        .flatMap((index) => {
          const span = spanOf(items, index, isFiltered);
          return span === null ? [] : [span];
        })
        .filter((pair) => !(sizeKey(pair) in sizes) && !asked.current.has(sizeKey(pair)))
        .slice(0, most);
      if (pairs.length === 0) return;
      for (const pair of pairs) asked.current.add(sizeKey(pair));
      send({ type: 'sizes', root, pairs: pairs.map(([from, to]) => [from, to]) });
    }, rest);
    return () => clearTimeout(timer);
  });
}
