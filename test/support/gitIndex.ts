/** One entry of git's index as `ls-files --stage` prints it (mode, id, stage, path), then its lasting flags in hex. */
export type IndexEntry = string;

// assume-unchanged, then intent-to-add and skip-worktree where `ls-files --debug` shows them. All else is git's own, in memory only.
const assumeUnchanged = 0x8000;
const extendedFlags = 0x6000;

/**
 * Reads git's index (versions 2 and 3, not split) without starting a git: a test that compares hundreds of states would spend most of
 * its time on that. Paths have one character per byte.
 */
export function parseIndex(bytes: Buffer, hashBytes = 20): IndexEntry[] {
  const version = bytes.readUInt32BE(4);
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || (version !== 2 && version !== 3)) {
    throw new Error(`This is no index of version 2 or 3: ${bytes.toString('latin1', 0, 4)} ${version}.`);
  }
  const entries: IndexEntry[] = [];
  let at = 12;
  for (let left = bytes.readUInt32BE(8); left > 0; left -= 1) {
    const mode = bytes
      .readUInt32BE(at + 24)
      .toString(8)
      .padStart(6, '0');
    const afterId = at + 40 + hashBytes;
    const oid = bytes.toString('hex', at + 40, afterId);
    const flags = bytes.readUInt16BE(afterId);
    const isExtended = (flags & 0x4000) !== 0;
    const name = afterId + (isExtended ? 4 : 2);
    const end = bytes.indexOf(0, name);
    const extended = isExtended ? bytes.readUInt16BE(afterId + 2) & extendedFlags : 0;
    const lasting = extended * 0x1_0000 + (flags & assumeUnchanged);
    const path = bytes.toString('latin1', name, end);
    entries.push(`${mode} ${oid} ${(flags >> 12) & 3}\t${path} ${lasting === 0 ? '' : lasting.toString(16)}`);
    // Padded with 1 to 8 NULs to a multiple of eight.
    at += (end - at + 8) & ~7;
  }
  return entries;
}

/** Path of an entry of `parseIndex`. */
export function pathOfEntry(entry: IndexEntry): string {
  return (entry.split('\t')[1] ?? '').replace(/ [0-9a-f]*$/, '');
}
