import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

import { useLiveState } from '../../api/live.ts';
import { useSession } from '../../api/session.ts';

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
    if (data?.caller !== null) return;
    const { href } = router.state.location;
    router.history.push(`/sign-in?next=${encodeURIComponent(href)}`);
  }, [data, router]);
}
