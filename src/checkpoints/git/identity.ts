import { splitRecords } from './git.ts';
import type { Repository } from './repository.ts';

/**
 * Whose commits ours are: the user's as configured for this repository, author and committer each; where a name or an address is
 * missing, Soft Landing's own, which every git call of ours carries anyway. Never guessed from the machine's name, as git would.
 */
export async function identityEnvironment({ git }: Repository): Promise<Readonly<Record<string, string>>> {
  const args = ['config', '--null', '--get-regexp', String.raw`^(user|author|committer)\.(name|email)$`];
  const output = (await git.run(args, { okCodes: [0, 1] })).toString('utf8');
  // "key\nvalue"; of several values the last one counts.
  const values = new Map(
    splitRecords(output).map((entry): [string, string] => {
      const end = entry.indexOf('\n');
      return end < 0 ? [entry, ''] : [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
  const environment: Record<string, string> = {};
  for (const role of ['author', 'committer'] as const) {
    const name = values.get(`${role}.name`) ?? values.get('user.name') ?? '';
    const email = values.get(`${role}.email`) ?? values.get('user.email') ?? '';
    if (name === '' || email === '') continue;
    environment[`GIT_${role.toUpperCase()}_NAME`] = name;
    environment[`GIT_${role.toUpperCase()}_EMAIL`] = email;
  }
  return environment;
}
