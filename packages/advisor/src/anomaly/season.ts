import { median } from './robust-statistics.ts';

const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 24 * MS_PER_HOUR;

/** What repeats: nothing, the week, the day, the day apart for weekends, or that and the weekday. */
export type SeasonShape = 'none' | 'weekday' | 'hour' | 'weekendAndHour' | 'weekdayAndHour';

/** Each shape as families of slots; a point's season is the sum of its slots' effects. */
const FAMILIES: Readonly<Record<SeasonShape, readonly ((at: number) => number)[]>> = {
  none: [],
  weekday: [weekdayOf],
  hour: [hourOf],
  weekendAndHour: [weekendAndHour],
  weekdayAndHour: [weekendAndHour, weekdayOf],
};

/** Shapes that a series with this time between its points and from first to last can have, simplest first. */
export function seasonShapes(gapMs: number, spanMs: number): readonly SeasonShape[] {
  const hasWeeks = spanMs >= 13 * MS_PER_DAY;
  if (gapMs <= 12 * MS_PER_HOUR) {
    const days = ['none', 'hour', 'weekendAndHour'] as const;
    return hasWeeks ? [...days, 'weekday', 'weekdayAndHour'] : days;
  }
  return hasWeeks && gapMs <= 3.5 * MS_PER_DAY ? ['none', 'weekday'] : ['none'];
}

/** The effect of each slot, by family. */
export type SeasonEffects = readonly ReadonlyMap<number, number>[];

/** Median effects of the slots, one family after the other, each on what the others leave. */
export function fitSeason(shape: SeasonShape, at: readonly number[], y: readonly number[]): SeasonEffects {
  const families = FAMILIES[shape];
  const fitted: ReadonlyMap<number, number>[] = families.map(() => new Map());
  for (let round = 0; round < (families.length > 1 ? 2 : 1); round += 1) {
    families.forEach((slotOf, family) => {
      const slots = new Map<number, number[]>();
      at.forEach((time, index) => {
        let rest = y[index] ?? 0;
        families.forEach((otherSlot, other) => {
          if (other !== family) rest -= fitted[other]?.get(otherSlot(time)) ?? 0;
        });
        const slot = slotOf(time);
        const values = slots.get(slot);
        if (values === undefined) slots.set(slot, [rest]);
        else values.push(rest);
      });
      fitted[family] = new Map([...slots].map(([slot, values]) => [slot, median(values)]));
    });
  }
  return fitted;
}

export function seasonAt(shape: SeasonShape, effects: SeasonEffects, at: number): number {
  let total = 0;
  FAMILIES[shape].forEach((slotOf, family) => {
    total += effects[family]?.get(slotOf(at)) ?? 0;
  });
  return total;
}

/** Numbers that the fit is free to choose; what a shape gains must be more than they give for nothing. */
export function seasonParameters(effects: SeasonEffects): number {
  return effects.reduce((total, family) => total + family.size, 0);
}

/** `on Tuesdays`, for people; empty when nothing repeats. */
export function describeSeason(shape: SeasonShape, at: number): string {
  const hour = `${String(hourOf(at)).padStart(2, '0')}:00 UTC`;
  const weekday = WEEKDAYS[weekdayOf(at)] ?? '';
  switch (shape) {
    case 'none':
      return '';
    case 'weekday':
      return ` on a ${weekday}`;
    case 'hour':
      return ` at ${hour}`;
    case 'weekendAndHour':
      return ` at ${hour} of a ${isWeekend(at) ? 'weekend' : 'working day'}`;
    case 'weekdayAndHour':
      return ` on a ${weekday} at ${hour}`;
  }
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function weekendAndHour(at: number): number {
  return (isWeekend(at) ? 24 : 0) + hourOf(at);
}

function weekdayOf(at: number): number {
  // The epoch was a Thursday.
  return (Math.floor(at / MS_PER_DAY) + 4) % 7;
}

export function hourOf(at: number): number {
  return Math.floor(at / MS_PER_HOUR) % 24;
}

export function isWeekend(at: number): boolean {
  return weekdayOf(at) % 6 === 0;
}

/** Days from the near end of the month: 1, 2, 3 from its first day, -1, -2, -3 from its last; 0 in between. */
export function monthEdge(at: number): number {
  const date = new Date(at);
  const day = date.getUTCDate();
  if (day <= 3) return day;
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return last - day < 3 ? day - last - 1 : 0;
}
