import type { OperationInput, OperationName, OperationOutput } from '@millrace/control-plane';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';

import { call } from './call.ts';

export interface UseOperationOptions {
  /** False: not asked yet. */
  readonly isEnabled?: boolean;
  /** Keeps what was shown while another input is asked for, so that lists do not blink. */
  readonly keepsPrevious?: boolean;
  /** Milliseconds for which an answer needs no second look; live events outdate it earlier. */
  readonly freshForMs?: number;
}

/** What an operation that only reads answers; asked anew when a live event says that it changed. */
export function useOperation<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
  { isEnabled = true, keepsPrevious = false, freshForMs }: UseOperationOptions = {},
): UseQueryResult<OperationOutput<Name>> {
  return useQuery({
    queryKey: [name, input],
    queryFn: ({ signal }) => call(name, input, signal),
    enabled: isEnabled,
    ...(keepsPrevious ? { placeholderData: keepPreviousData } : {}),
    ...(freshForMs === undefined ? {} : { staleTime: freshForMs }),
  });
}

/**
 * An operation that changes something: `act.mutate(input)`. Lists of the same area are asked anew when it is done; what
 * else depends on it is told by live events.
 */
export function useAct<Name extends OperationName>(
  name: Name,
  onDone?: (output: OperationOutput<Name>, input: OperationInput<Name>) => void,
): UseMutationResult<OperationOutput<Name>, Error, OperationInput<Name>> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: OperationInput<Name>) => call(name, input),
    onSuccess: async (output, input) => {
      onDone?.(output, input);
      const area = `${name.split('/')[0]}/`;
      await client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(area) });
    },
  });
}
