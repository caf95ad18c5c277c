import assert from 'node:assert/strict';
import { isInside } from '../../../src/store/isInside.ts';

describe('whether a path is inside of a folder', () => {
  const cases: readonly (readonly [file: string, folder: string, isIn: boolean])[] = [
    ['/code', '/code', true],
    ['/code/', '/code', true],
    ['/code/app/src', '/code', true],
    ['/code/app', '/code/', true],
    ['/code', '/', true],
    ['/code-two', '/code', false],
    ['/', '/code', false],
    ['/code/../etc', '/code', false],
    ['/code/..notes', '/code', true],
    ['/Code', '/code', false],
    ['', '/code', false],
    ['app', '/code', false],
    ['C:\\Code\\App', 'c:\\code', true],
    ['c:/code/app', 'C:\\Code\\', true],
    ['C:\\code-two', 'C:\\code', false],
    ['D:\\code', 'C:\\code', false],
    ['D:\\code', 'C:\\', false],
    ['\\\\server\\share\\code', '\\\\server\\share', true],
    ['/code', 'C:\\code', false],
  ];
  for (const [file, folder, isIn] of cases) {
    it(`${file === '' ? 'nothing' : file} ${isIn ? 'is' : 'is not'} inside of ${folder}`, () => {
      assert.equal(isInside(file, folder), isIn);
    });
  }
});
