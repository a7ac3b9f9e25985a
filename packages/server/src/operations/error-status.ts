import { isRefusal } from '@millrace/control-plane';
import type { OperationError } from '@millrace/control-plane';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Another caller, run or process stands in the way; later, or after a look, the same request can succeed. */
const CONFLICTS: ReadonlySet<string> = new Set([
  'runActive',
  'warehouseBusy',
  'planStale',
  'fenced',
  'cancelled',
]);

/**
 * 400: the request, a document or a setting is wrong; 409: something stands in the way; 502: another system failed; 500: we
 * did.
 */
export function statusOf(error: OperationError): ContentfulStatusCode {
  if (isRefusal(error)) return 400;
  if (CONFLICTS.has(error.code)) return 409;
  switch (error.blame) {
    case 'config':
      return 400;
    case 'source':
    case 'destination':
      return 502;
    default:
      return 500;
  }
}
