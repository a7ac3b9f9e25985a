import { errorMessage } from './error-panel.tsx';
import { notify } from './toast.tsx';

/** What says that an act failed, with the words of its error: `act.mutate(input, { onError: notifyFailure('Not saved') })`. */
export function notifyFailure(title: string): (error: unknown) => void {
  return (error) => notify({ kind: 'failed', title, description: errorMessage(error) });
}
