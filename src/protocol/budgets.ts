import * as v from 'valibot';

const tokens = v.pipe(v.number(), v.integer(), v.minValue(1));
const usd = v.pipe(v.number(), v.finite(), v.gtValue(0));

/** The user's own limits by name, as `softLanding.budgets` has them: new tokens (without cache reads), or USD at API prices. */
const budgetSchemas = {
  tokensPerSession: tokens,
  tokensPerDay: tokens,
  tokensPerFiveHours: tokens,
  tokensPerWeek: tokens,
  usdPerSession: usd,
  usdPerDay: usd,
  usdPerFiveHours: usd,
  usdPerWeek: usd,
} as const;
export type BudgetName = keyof typeof budgetSchemas;
export const budgetNames: readonly BudgetName[] = [
  'tokensPerSession',
  'tokensPerDay',
  'tokensPerFiveHours',
  'tokensPerWeek',
  'usdPerSession',
  'usdPerDay',
  'usdPerFiveHours',
  'usdPerWeek',
];

/** What is missing is no limit. */
export type Budgets = Readonly<Partial<Record<BudgetName, number | undefined>>>;

export interface CheckedBudgets {
  readonly budgets: Budgets;
  /** a sentence per value that was left out */
  readonly ignored: readonly string[];
}

/** Takes what is well-formed, one value at a time: a typing error in one limit must not take the others away. */
export function checkedBudgets(value: unknown): CheckedBudgets {
  if (value === undefined || value === null) return { budgets: {}, ignored: [] };
  if (typeof value !== 'object' || Array.isArray(value)) return { budgets: {}, ignored: ['budgets is not an object'] };
  const budgets: Partial<Record<BudgetName, number>> = {};
  const ignored: string[] = [];
  for (const [name, limit] of Object.entries(value)) {
    const known = budgetNames.find((candidate) => candidate === name);
    // null is how a workspace takes back a limit of the user's.
    if (known !== undefined && limit === null) continue;
    const parsed = known === undefined ? null : v.safeParse(budgetSchemas[known], limit);
    if (known !== undefined && parsed?.success) budgets[known] = parsed.output;
    else ignored.push(`budgets.${name}: ${parsed?.issues?.[0].message ?? 'no such budget'}`);
  }
  return { budgets, ignored };
}
