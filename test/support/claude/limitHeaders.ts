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
