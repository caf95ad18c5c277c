import assert from 'node:assert/strict';
import { foldersToWatch, standIns } from '../../../src/usage/watchPlan.ts';

const day = 24 * 60 * 60_000;
const now = 100 * day;
const folder = (path: string, depth: number, touchedAt: number) => ({ path, depth, touchedAt, inode: 1 });

describe('folders to watch', () => {
  it('are roots, projects, and what was touched lately', () => {
    const found = [
      folder('/r/old/s/subagents', 3, now - 3 * day),
      folder('/r/old', 1, now - 90 * day),
      folder('/r/new/s/subagents', 3, now - 1 * day),
      folder('/r/new', 1, now - 2 * day),
      folder('/r', 0, now - 99 * day),
    ];
    const paths = foldersToWatch(found, now).map(({ path }) => path);
    assert.deepEqual(paths, ['/r', '/r/new/s/subagents', '/r/new', '/r/old']);
  });

  it('are at most 256, the newest', () => {
    const found = Array.from({ length: 1000 }, (_, index) => folder(`/r/${index}`, 1, index));
    const paths = foldersToWatch([...found, folder('/r', 0, 0)], now).map(({ path }) => path);
    assert.equal(paths.length, 256);
    assert.deepEqual(paths.slice(0, 2), ['/r', '/r/999']);
  });
});

describe('stand-ins for missing roots', () => {
  const inodes = new Map([
    ['/', 1],
    ['/home', 2],
    ['/home/dev', 3],
    ['/home/dev/.config', 4],
  ]);
  const find = (...roots: string[]) => standIns(roots, 'linux', (path) => inodes.get(path) ?? null);

  it('are the nearest folders that exist', () => {
    assert.deepEqual(find('/home/dev/.claude/projects', '/home/dev/.config/claude/projects'), [
      { path: '/home/dev', inode: 3, names: ['.claude'] },
      { path: '/home/dev/.config', inode: 4, names: ['claude'] },
    ]);
  });

  it('may stand in for several', () => {
    assert.deepEqual(find('/home/dev/a/projects', '/home/dev/b/projects'), [
      { path: '/home/dev', inode: 3, names: ['a', 'b'] },
    ]);
  });

  it('are not needed where nothing exists', () => {
    assert.deepEqual(
      standIns(['Z:\\x\\projects'], 'win32', () => null),
      [],
    );
  });
});
