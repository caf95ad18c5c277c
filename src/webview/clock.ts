import { useEffect, useState } from 'preact/hooks';

const tick = 30_000;

/** The host's time, renewed each half minute while someone can see it. `skew` is the host's clock minus this machine's. */
export function useHostTime(skew: number): number {
  const [, setTicks] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined;
    const follow = (): void => {
      clearInterval(timer);
      timer = undefined;
      if (document.visibilityState !== 'visible') return;
      setTicks((ticks) => ticks + 1);
      timer = setInterval(() => setTicks((ticks) => ticks + 1), tick);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', follow);
    };
  }, []);
  return Date.now() + skew;
}
