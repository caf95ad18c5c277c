/** The demo repository: a board of arriving boats, small enough to be read in the minute that the demo flight takes. */
export const demoFiles: Readonly<Record<string, string>> = {
  'README.md': `# Harbour board

Prints which boats arrive today.

    npm start
    npm test

| file | what it does |
| --- | --- |
| \`src/boats.js\` | today's boats |
| \`src/format.js\` | how one boat is written |
| \`src/board.js\` | the board itself |
`,
  'package.json': `{
  "name": "harbour-board",
  "version": "1.0.0",
  "private": true,
  "type": "module",
  "scripts": {
    "start": "node src/board.js",
    "test": "node --test"
  }
}
`,
  'src/boats.js': `export const boats = [
  { name: 'Marlin', due: '09:20', arrives: '09:20' },
  { name: 'Blue Heron', due: '08:45', arrives: '09:05' },
  { name: 'Northern Light', due: '11:10', arrives: '11:40' },
  { name: 'Petrel', due: '10:00', arrives: '10:00' },
];
`,
  'src/format.js': `/** One line of the board. */
export function formatBoat(boat) {
  return \`\${boat.name.padEnd(16)}\${boat.arrives}\`;
}
`,
  'src/board.js': `import { boats } from './boats.js';
import { formatBoat } from './format.js';

console.log('HARBOUR BOARD');
for (const boat of boats) console.log(formatBoat(boat));
`,
  'test/format.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBoat } from '../src/format.js';

test('a boat has its name and its time', () => {
  const line = formatBoat({ name: 'Marlin', due: '09:20', arrives: '09:20' });
  assert.ok(line.startsWith('Marlin'));
  assert.ok(line.includes('09:20'));
});
`,
};
