// What a simple meter does with transcripts: reads each file whole, parses every line, adds up what it finds. One argument: the folder.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , folder] = process.argv;
let tokens = 0;
for (const name of readdirSync(folder, { recursive: true })) {
  if (!name.endsWith('.jsonl')) continue;
  for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) {
    if (line === '') continue;
    let usage;
    try {
      usage = JSON.parse(line).message?.usage;
    } catch {
      // A line that is being written, or never was to its end.
    }
    if (usage) tokens += usage.input_tokens + usage.output_tokens + usage.cache_creation_input_tokens || 0;
  }
}
console.log(tokens);
