import type { ChangeSize } from '../protocol/panelPicture.ts';
import { counted, fill } from './fill.ts';
import { number } from './locale.ts';
import { strings } from './strings.ts';

/** Files changed, and lines that came and went. Its place is kept until it is known. */
export function Size({ size, template }: { readonly size: ChangeSize | undefined; readonly template: string }) {
  if (size === undefined || size.files === 0) return <span class="size" />;
  const files = counted(strings.size, size.files, number.whole(size.files));
  const [added, deleted] = [number.short(size.added), number.short(size.deleted)];
  return (
    <span class="size" title={fill(template, files, number.whole(size.added), number.whole(size.deleted))}>
      <span class="files">{files}</span>
      <span class="added">+{added}</span>
      <span class="deleted">−{deleted}</span>
    </span>
  );
}
