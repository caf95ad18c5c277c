import { bytesText } from '../checkpoints/view/bytesText.ts';
import type { LimitsFacts, MeterFacts, StoreFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { ageWords, countWords } from './words.ts';

/** What the meter keeps between its runs, what it publishes, and what Claude Code's statusline tells it. */
export function meterFindings(facts: MeterFacts, now: number): readonly Finding[] {
  return [
    storeFinding(facts.store, now),
    limitsFinding(facts.limits, now),
    preferencesFinding(facts),
    teeFinding(facts, now),
  ];
}

function storeFinding({ path, state, bytes, responses, oldestAt, damaged, why }: StoreFacts, now: number): Finding {
  const finding = (level: Finding['level'], title: string, detail: string, fix: string | null = null): Finding => ({
    area: 'meter',
    level,
    title,
    detail,
    fix,
  });
  switch (state) {
    case 'missing':
      return finding('ok', 'Usage history: none yet', `${path} is made when transcripts are first read.`);
    case 'newer':
      return finding(
        'problem',
        'The usage history is of a newer version',
        `${path} was written by a newer version of Soft Landing. It is left alone, and nothing is kept.`,
        'Update this one.',
      );
    case 'unreadable':
      return finding(
        'problem',
        'The usage history cannot be read',
        `${path}: ${why ?? 'unknown reason'}. Transcripts that are there are read instead; use told by deleted ones is missing.`,
        `Make ${path} readable for this user, or move it away.`,
      );
    case 'readable': {
      const since = oldestAt === null ? '' : `, the oldest ${ageWords(now - oldestAt)}`;
      const holds = `${path}: ${bytesText(bytes)}, ${countWords(responses, 'response')}${since}.`;
      if (damaged === 0) return finding('ok', 'Usage history', holds);
      return finding(
        'note',
        `The usage history is damaged in ${countWords(damaged, 'place')}`,
        `${holds} What stood there is read again from transcripts that are still there.`,
      );
    }
  }
}

function limitsFinding({ path, state, at, windows, counted }: LimitsFacts, now: number): Finding {
  const common = { area: 'meter', fix: null } as const;
  if (state === 'readable' && at !== null) {
    const detail = `${path}, ${ageWords(now - at)}: ${countWords(windows, 'window')}, ${counted} of them counted on by hooks between readings.`;
    return { ...common, level: 'ok', title: 'Published limits', detail };
  }
  if (state === 'missing')
    return {
      ...common,
      level: 'ok',
      title: 'Published limits: none yet',
      detail: `${path} comes with the first limit or budget.`,
    };
  return {
    ...common,
    level: 'note',
    title: 'The published limits cannot be used',
    detail: `${path} is torn, of a newer version, or cannot be read: hooks know no limits until it is written anew.`,
  };
}

function preferencesFinding({ preferences }: MeterFacts): Finding {
  const common = { area: 'meter', fix: null } as const;
  if (preferences === null)
    return {
      ...common,
      level: 'note',
      title: 'The preferences cannot be read',
      detail: 'Programs without an editor go by the defaults.',
    };
  const { reservePercent, budgets, prices } = preferences;
  const own = [
    budgets.length === 0 ? 'no budgets' : `budgets ${budgets.join(', ')}`,
    ...(prices === 0 ? [] : [countWords(prices, 'price of your own', 'prices of your own')]),
  ].join(', ');
  return {
    ...common,
    level: 'ok',
    title: `Reserve ${reservePercent} %, ${own}`,
    detail: 'As the editor published them, or else the defaults.',
  };
}

function teeFinding({ tees, spool }: MeterFacts, now: number): Finding {
  const common = { area: 'meter', title: "Claude Code's statusline" } as const;
  const last =
    spool.newestAt === null ? 'It has told nothing yet' : `It told something ${ageWords(now - spool.newestAt)}`;
  const broken = tees.find(({ isThere }) => !isThere);
  if (broken !== undefined)
    return {
      ...common,
      level: 'problem',
      detail: `${broken.file} starts ${broken.launcher}, which is not there. Your own statusline runs all the same; the gauge is told nothing.`,
      fix: 'soft-landing install claude-statusline (with the --scope of that file), or uninstall it',
    };
  const [tee] = tees;
  if (tee === undefined)
    return {
      ...common,
      level: 'ok',
      detail: `It does not tell the gauge. Subscribers see the vendor's own percentages with it: soft-landing install claude-statusline.`,
      fix: null,
    };
  const hidden = tees.find(({ hiddenBy }) => hiddenBy !== null);
  if (hidden !== undefined)
    return {
      ...common,
      level: 'problem',
      detail: `In this folder ${hidden.hiddenBy} names another statusline, which Claude Code runs instead of the one in ${hidden.file}: the gauge is told nothing from here.`,
      fix: 'soft-landing install claude-statusline --scope project (or local, where that file is settings.local.json): the statusline there goes on running',
    };
  const own = tee.isAlone ? '' : ', then your own statusline runs';
  return { ...common, level: 'ok', detail: `It tells the gauge by ${tee.file}${own}. ${last}.`, fix: null };
}
