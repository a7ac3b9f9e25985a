/** `1,234,567`. By hand, because the first `Intl.NumberFormat` of a process takes 6 ms. */
export function formatCount(count: number | bigint): string {
  const whole = typeof count === 'bigint' ? count : Math.round(count);
  return String(whole).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `512 B`, `1.5 KiB`, `12.3 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  let amount = bytes;
  let unit = -1;
  do {
    amount /= 1024;
    unit++;
  } while (amount >= 1023.95 && unit < UNITS.length - 1);
  return `${amount.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

/** `0.42 s`, `12.3 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Rows per second; `–` when there is nothing to divide. */
export function formatRate(rows: number, milliseconds: number): string {
  return rows === 0 || milliseconds <= 0 ? '–' : `${formatCount(Math.round((rows * 1000) / milliseconds))}/s`;
}
