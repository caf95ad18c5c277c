import { useEffect, useRef, useState } from 'preact/hooks';
import { number } from './locale.ts';
import { newsBetween, quietTime } from './news.ts';
import type { ShownPicture } from './picture.ts';
import { strings } from './strings.ts';

/** Tells a screen reader what happened since it was last told, at most once per quiet time; what comes meanwhile is told as one. */
export function LiveRegion({ picture }: { readonly picture: ShownPicture | null }) {
  const [text, setText] = useState('');
  const told = useRef<ShownPicture | null>(null);
  const toldAt = useRef(-Infinity);
  useEffect(() => {
    if (picture === null) return;
    const tell = (): void => {
      const news = newsBetween(told.current, picture, number, strings);
      told.current = picture;
      if (news === null) return;
      toldAt.current = performance.now();
      // The same words twice would be no change, and so not be spoken: a trailing no-break space makes them differ.
      setText((last) => (last === news ? `${news}\u00a0` : news));
    };
    const wait = toldAt.current + quietTime - performance.now();
    if (wait <= 0) {
      tell();
      return;
    }
    const timer = setTimeout(tell, wait);
    return () => clearTimeout(timer);
  }, [picture]);
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  );
}
