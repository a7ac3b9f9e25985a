import { throwIfCancelled } from '@millrace/connector-sdk';

/** A number of places, given out in the order of asking, those that are urgent first. */
export interface Slots {
  /**
   * Waits for a place, before all others when it is urgent; the result gives it back (a second call does nothing). Throws
   * when the signal fires first.
   */
  take(signal: AbortSignal, isUrgent?: boolean): Promise<() => void>;
  /** True when `take` would not wait. */
  readonly isFree: boolean;
}

export function createSlots(count: number): Slots {
  let free = Math.max(1, count);
  const waiting: (() => void)[] = [];
  function release(): () => void {
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    };
  }
  return {
    get isFree() {
      return free > 0;
    },
    async take(signal, isUrgent = false) {
      throwIfCancelled(signal);
      if (free > 0) {
        free--;
        return release();
      }
      await new Promise<void>((resolve, reject) => {
        const enter = () => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(enter), 1);
          try {
            throwIfCancelled(signal);
          } catch (error) {
            reject(error);
          }
        };
        if (isUrgent) waiting.unshift(enter);
        else waiting.push(enter);
        signal.addEventListener('abort', leave, { once: true });
      });
      return release();
    },
  };
}
