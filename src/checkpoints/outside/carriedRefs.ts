import type { ConfigEntry } from '../git/configuration.ts';
import { refNamespace } from '../git/repository.ts';

const ours = `${refNamespace}/`;

/** What stands before the `*` of a pattern of refs; a ref without one is no pattern. */
function prefixOf(pattern: string): string | null {
  const star = pattern.indexOf('*');
  return star < 0 ? null : pattern.slice(0, star);
}

/** Whether a pattern could match one of our refs. */
function reachesOurs(pattern: string): boolean {
  const prefix = prefixOf(pattern);
  return prefix === null ? pattern.startsWith(ours) : ours.startsWith(prefix) || prefix.startsWith(ours);
}

/** Whether a negative refspec (`^refs/soft-landing/*`) leaves out all of ours. */
function sparesOurs(refspec: string): boolean {
  const prefix = refspec.startsWith('^') ? prefixOf(refspec.slice(1)) : null;
  return prefix !== null && ours.startsWith(prefix);
}

function reach(refspecs: readonly string[], side: 'source' | 'destination'): boolean {
  if (refspecs.some(sparesOurs)) return false;
  return refspecs
    .filter((refspec) => !refspec.startsWith('^'))
    .some((refspec) => {
      const [source = '', destination = source] = refspec.replace(/^\+/, '').split(':');
      return reachesOurs(side === 'source' ? source : destination);
    });
}

/**
 * Whether some remote's configuration carries our refs away: a mirror, or a push refspec as wide as one, would publish everybody's
 * checkpoints; a fetch into all of refs/ would, with `--prune`, delete them.
 */
export function carriesOurRefs(entries: readonly ConfigEntry[]): boolean {
  const remotes = new Map<string, { push: string[]; fetch: string[]; isMirror: boolean }>();
  for (const { key, value } of entries) {
    const [, name, variable] = /^remote\.(.*)\.(mirror|push|fetch)$/s.exec(key) ?? [];
    if (name === undefined) continue;
    const remote = remotes.get(name) ?? { push: [], fetch: [], isMirror: false };
    remotes.set(name, remote);
    if (variable === 'push' || variable === 'fetch') remote[variable].push(value);
    else remote.isMirror = !/^(?:false|no|off|0)$/i.test(value);
  }
  return [...remotes.values()].some(
    ({ push, fetch, isMirror }) => isMirror || reach(push, 'source') || reach(fetch, 'destination'),
  );
}
