const circle = 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z';

// One-pixel strokes on the 16 px grid, after the workbench's Codicons. Drawn here because their font weighs three times
// the whole panel, and their outlines a quarter of it.
const paths = {
  add: 'M7.5 2.5v10M2.5 7.5h10',
  pulse: 'M1.5 8h3l2-5 3 10 2-5h3',
  bookmark: 'M3.5 13.5V4A1.5 1.5 0 0 1 5 2.5h6A1.5 1.5 0 0 1 12.5 4v9.5L8 10.5z',
  'chevron-right': 'M6 3.5 10.5 8 6 12.5',
  circle,
  'circle-slash': `${circle}M3.6 12.4l8.8-8.8`,
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  comment: 'M3.5 2.5h9a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-4l-4 3v-3h-1a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2z',
  discard: 'M3.5 2.5V7H8M3.7 6.8l3.6-3.5a3.6 3.6 0 0 1 5.1 5L7.4 13.5',
  edit: 'M10.8 2.2a2.1 2.1 0 0 1 3 3L5.9 13.1l-4.4 1.4 1.4-4.4zM9.4 3.6l3 3',
  error: `${circle}M5.5 5.5l5 5M10.5 5.5l-5 5`,
  filter: 'M2 3h12L9.5 8.5v4L6.5 14V8.5z',
  'git-branch':
    'M4.5 5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zv6M4.5 15a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM11.5 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zc0 1.6-1 2-2 2H7c-1.5 0-2.5.4-2.5 1',
  landing: 'M8 2v8.5M4.5 7 8 10.5 11.5 7M2.5 13.5h11',
  loading: 'M2.5 8a5.5 5.5 0 0 1 11 0',
  pass: `${circle}M5 8.2l2 2 4-4.2`,
  pin: 'M5.5 2h5M6 2v4.5L3.8 9v1h8.4V9L10 6.5V2M8 10v4.5',
  play: 'M4 3.4v9.2a.6.6 0 0 0 .9.5l7.8-4.6a.6.6 0 0 0 0-1L4.9 2.9a.6.6 0 0 0-.9.5z',
  question: `${circle}M6.1 6.3a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.8.6-.8 1.2M8 11.2v.4`,
  shield: 'M8 1.5c1.5 1.3 3.3 2 5.5 2v3.3c0 3.2-1.7 5.9-5.5 7.7-3.8-1.8-5.5-4.5-5.5-7.7V3.5c2.2 0 4-.7 5.5-2z',
  'stop-circle': `${circle}M6 6h4v4H6z`,
  warning: 'M8 2l6.2 11.5H1.8zM8 6v4M8 11.6v.4',
};

export type GlyphName = keyof typeof paths;

/** Decoration only: whatever a glyph says is also said in words beside it. */
export function Glyph({ name }: { readonly name: GlyphName }) {
  return (
    <svg class={`glyph glyph-${name}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
