// For `node --import`: at its end the process writes what it used to the file that BENCH_RESOURCES names. Everywhere the same, unlike the
// options of time(1), and it counts all threads.
import { writeFileSync } from 'node:fs';

process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(process.env.BENCH_RESOURCES, JSON.stringify({ userCPUTime, systemCPUTime, maxRSS }));
});
