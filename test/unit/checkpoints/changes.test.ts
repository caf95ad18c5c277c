import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changesBetween, type Change } from '../../../src/checkpoints/git/changes.ts';
import type { TreeEntry } from '../../../src/checkpoints/git/trees.ts';

const zero = '0'.repeat(40);
const absent = '000000';

type Tree = ReadonlyMap<string, TreeEntry>;

/** What git would say of the two, straight from both. */
function compared(from: Tree, to: Tree): Change[] {
  const paths = [...new Set([...from.keys(), ...to.keys()])].sort((a, b) => (a < b ? -1 : 1));
  return paths.flatMap((path): Change[] => {
    const { mode: fromMode, oid: fromOid } = from.get(path) ?? { mode: absent, oid: zero };
    const { mode: toMode, oid: toOid } = to.get(path) ?? { mode: absent, oid: zero };
    if (fromMode === toMode && fromOid === toOid) return [];
    const kind = fromMode === absent ? 'added' : toMode === absent ? 'deleted' : 'modified';
    return [{ path, fromMode, toMode, fromOid, toOid, kind }];
  });
}

const entry = fc.record({
  mode: fc.constantFrom('100644', '100755', '120000'),
  oid: fc.constantFrom('1', '2', '3').map((digit) => digit.repeat(40)),
});
const tree = fc.dictionary(fc.constantFrom('a', 'b', 'c/d', 'c/e', 'f\xff'), entry).map((files) => {
  return new Map(Object.entries(files));
});

describe('changes between two states that are told by a third', () => {
  it('are those that a look at both shows, whatever else is named', () => {
    fc.assert(
      fc.property(tree, tree, tree, fc.boolean(), (head, present, target, namesAll) => {
        const paths = [...new Set([...head.keys(), ...present.keys()])];
        const isNamed = (path: string): boolean => {
          const [was, is] = [head.get(path), present.get(path)];
          return namesAll || was?.mode !== is?.mode || was?.oid !== is?.oid;
        };
        const againstHead = new Map(paths.filter(isNamed).map((path) => [path, present.get(path) ?? null]));
        const changes = changesBetween(againstHead, compared(head, target), (path) => head.get(path) ?? null, zero);
        assert.deepEqual(changes, compared(present, target));
      }),
      { numRuns: 2000 },
    );
  });
});
