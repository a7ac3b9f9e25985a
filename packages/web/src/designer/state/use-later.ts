import { useEffect, useState } from 'react';

/** The value, as it is when it has stood still for some time. */
export function useLater<Value>(value: Value, quietMs: number): Value {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), quietMs);
    return () => clearTimeout(timer);
  }, [value, quietMs]);
  return later;
}
