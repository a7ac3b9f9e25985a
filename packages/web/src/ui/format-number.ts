const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** `1,234,567`; fractions to two places. */
export function formatNumber(value: number): string {
  return Number.isInteger(value) ? whole.format(value) : fine.format(value);
}

/** For narrow places: `1.2M`. The exact number belongs in a tooltip beside it. */
export function formatCompact(value: number): string {
  return compact.format(value);
}

/** `0.25` as `25%`; small shares keep two digits. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0%';
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))}%`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Bytes in IEC units with three digits: `1.46 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${unit === 0 ? Math.round(value) : Number(value.toFixed(digits))} ${UNITS[unit]}`;
}
