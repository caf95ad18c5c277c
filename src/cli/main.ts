/*
 * `soft-landing`: everything without an editor (ARCHITECTURE.md has its contract). Only the part that is needed is loaded: `usage`, which
 * scripts and status bars ask for again and again, starts in half the time without the code of the other commands.
 */
const argv = process.argv.slice(2);
const isHelp = argv.includes('--help') || argv.includes('-h') || argv.includes('--version');

if (argv[0] === 'usage' && !isHelp) void import('./usageProgram.ts').then(({ runUsage }) => runUsage(argv));
else void import('./allCommands.ts').then(({ runAny }) => runAny(argv));
