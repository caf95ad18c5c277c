import type { Step } from './messagesApi.ts';

/** How a subscriber's request is refused whose five-hour window is used up, as the vendor names things. `resetsAt`: epoch seconds. */
export function usedUp(resetsAt: number): NonNullable<Step['refused']> {
  const reset = String(resetsAt);
  return {
    message: "This request would exceed your account's rate limit. Please try again later.",
    headers: {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      'anthropic-ratelimit-unified-reset': reset,
      'anthropic-ratelimit-unified-5h-status': 'rejected',
      'anthropic-ratelimit-unified-5h-utilization': '1.01',
      'anthropic-ratelimit-unified-5h-reset': reset,
      'anthropic-ratelimit-unified-overage-status': 'rejected',
    },
  };
}

/** As the vendor tells a subscriber with every answer; the names are those that the program holds. Fractions; epoch seconds. */
export function allowedLimits(
  fiveHour: number,
  sevenDay: number,
  resets: { readonly five: number; readonly seven: number },
): NonNullable<Step['headers']> {
  const prefix = 'anthropic-ratelimit-unified';
  return {
    [`${prefix}-status`]: 'allowed',
    [`${prefix}-representative-claim`]: 'five_hour',
    [`${prefix}-reset`]: String(resets.five),
    [`${prefix}-5h-status`]: 'allowed',
    [`${prefix}-5h-utilization`]: String(fiveHour),
    [`${prefix}-5h-reset`]: String(resets.five),
    [`${prefix}-7d-status`]: 'allowed',
    [`${prefix}-7d-utilization`]: String(sevenDay),
    [`${prefix}-7d-reset`]: String(resets.seven),
  };
}
