// For the bench: lists the checkpoints of a folder and prints what that took, in a process that has done nothing before.
import { Checkpoints } from '../src/checkpoints/checkpoints.ts';

const opened = await Checkpoints.open(process.argv[2] ?? '');
if (!opened.ok) throw new Error(opened.failure.message);
const started = performance.now();
const list = await opened.value.list();
const listMs = performance.now() - started;
if (!list.ok) throw new Error(list.failure.message);
console.log(JSON.stringify({ listMs, count: list.value.length }));
