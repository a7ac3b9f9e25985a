import { connectWords } from '../../words/connect.ts';

export type ScheduleChoice = 'onDemand' | 'every15' | 'hourly' | 'nightly' | 'custom';

/** Schedules that most pipelines have; everything else is written in cron. */
export const SCHEDULES: readonly {
  readonly choice: ScheduleChoice;
  readonly label: () => string;
  readonly cron: string;
}[] = [
  { choice: 'onDemand', label: () => connectWords('onDemand'), cron: '' },
  { choice: 'every15', label: () => connectWords('every15'), cron: '*/15 * * * *' },
  { choice: 'hourly', label: () => connectWords('hourly'), cron: '0 * * * *' },
  { choice: 'nightly', label: () => connectWords('nightly'), cron: '0 3 * * *' },
  { choice: 'custom', label: () => connectWords('custom'), cron: '' },
];

export function scheduleOf(
  choice: ScheduleChoice,
  custom: string,
  timezone: string,
): { readonly cron: string; readonly timezone: string } | null {
  if (choice === 'onDemand') return null;
  const cron = choice === 'custom' ? custom : (SCHEDULES.find((each) => each.choice === choice)?.cron ?? '');
  return { cron, timezone };
}
