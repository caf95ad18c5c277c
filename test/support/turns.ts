import type { Turn } from '../../src/protocol/turn.ts';

/** A turn as an agent would leave it; tests change what they are about. */
export function turnOf(more: Partial<Turn> = {}): Turn {
  return {
    agent: 'claude',
    session: 1,
    at: Date.parse('2026-11-20T10:00:00Z'),
    end: Date.parse('2026-11-20T10:05:00Z'),
    model: 'claude-opus-5-5',
    words: 12,
    files: 1,
    traits: ['fix'],
    context: 20_000,
    tokens: [500, 4500, 15_000, 0, 200_000],
    requests: 10,
    touched: 2,
    active: 200_000,
    finish: [50, 500, 450, 0, 40_000],
    moved: {},
    ...more,
  };
}
