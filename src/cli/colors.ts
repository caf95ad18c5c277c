import pc from 'picocolors';

// picocolors by itself also colours where CI is set; ours is for terminals only (and never with NO_COLOR).
export const colors = pc.createColors(process.stdout.isTTY && !process.env['NO_COLOR']);
