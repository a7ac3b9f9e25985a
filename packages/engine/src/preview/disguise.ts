import type { Field } from '@millrace/spec';

/** Made-up values by the real ones; the same value in two tables stays the same, so that joins find it. */
export type Disguise = Map<string, number>;

const FIRST_DAY_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;

/** A value of the type that tells nothing of the real one; null for types without such. */
export function disguise({ name, type }: Field, value: string, known: Disguise): string | number | null {
  const number = known.get(value) ?? known.size + 1;
  known.set(value, number);
  switch (type.kind) {
    case 'string':
      return /@/.test(value) ? `person${number}@example.com` : `${name} ${number}`;
    case 'integer':
      return number;
    case 'decimal':
      return String(number % 10 ** Math.max(1, type.precision - type.scale));
    case 'float':
      return String(number);
    case 'date':
      return dayOf(number);
    case 'timestamp':
      return `${dayOf(number)} 00:00:00`;
    case 'uuid':
      return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    default:
      return null;
  }
}

function dayOf(number: number): string {
  return new Date(FIRST_DAY_MS + number * DAY_MS).toISOString().slice(0, 10);
}
