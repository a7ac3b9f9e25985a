import { useEffect, useRef } from 'react';

import { readRemembered, remember } from '../../ui/remembered.ts';
import { useUrlState } from '../../ui/use-url-state.ts';

/** Shows the tour at the first visit, and when the address asks for it (`/?tour=again`); whoever ended it is not asked again. */
export function useTour(isReady: boolean): void {
  const [asked, setAsked] = useUrlState('tour');
  const isWanted = asked !== '' || readRemembered('tour') === undefined;
  const forget = useRef(() => {});
  forget.current = () => setAsked('');
  useEffect(() => {
    if (!isReady || !isWanted) return undefined;
    let isGone = false;
    let leave: (() => void) | undefined;
    void import('./take-tour.ts').then(({ takeTour }) => {
      if (isGone) return;
      leave = takeTour(() => {
        if (isGone) return;
        remember('tour', 'done');
        forget.current();
      });
    });
    return () => {
      isGone = true;
      leave?.();
    };
  }, [isReady, isWanted]);
}
