import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

import { useLiveState } from '../../api/live.ts';
import { useSession } from '../../api/session.ts';
import { toSignIn } from '../to-sign-in.ts';

/**
 * An open page of somebody who signed out elsewhere, or may not sign in any more, leads to the sign-in page by itself: its
 * live line breaks first.
 */
export function useLeaveWhenSignedOut(): void {
  const router = useRouter();
  const state = useLiveState();
  const { data, refetch } = useSession();
  useEffect(() => {
    if (state === 'reconnecting') void refetch();
  }, [state, refetch]);
  useEffect(() => {
    if (data?.caller === null) toSignIn(router.history);
  }, [data, router]);
}
