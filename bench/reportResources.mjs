// For `node --import`: at its end the process writes what it used to the file that BENCH_RESOURCES names. Everywhere the same, unlike the
// options of time(1), and it counts all threads.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { userCPUTime, systemCPUTime, peakKilobytes: peakOnLinux() ?? maxRSS };
  writeFileSync(process.env.BENCH_RESOURCES, JSON.stringify(usage));
});

/** Linux keeps in maxRSS the size of the process that this one was forked from, so a small program would look as large as the bench. */
function peakOnLinux() {
  if (!existsSync('/proc/self/status')) return null;
  const line = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return line === null ? null : Number(line[1]);
}
