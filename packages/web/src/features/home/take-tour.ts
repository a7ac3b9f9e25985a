import 'driver.js/dist/driver.css';
import './tour.css';

import { driver } from 'driver.js';

import { homeWords } from '../../words/home.ts';

const STEPS = [
  ['rail', 'tourRail', 'tourRailText'],
  ['home', 'tourHome', 'tourHomeText'],
  ['connect', 'tourConnect', 'tourConnectText'],
  ['palette', 'tourPalette', 'tourPaletteText'],
  ['live', 'tourLive', 'tourLiveText'],
] as const;

/** Five places of the portal, one after the other; Escape and Skip end it. Calls `onEnd` however it ends. */
export function takeTour(onEnd: () => void): () => void {
  const tour = driver({
    animate: false,
    allowClose: true,
    overlayColor: '#0b1418',
    overlayOpacity: 0.45,
    stagePadding: 2,
    stageRadius: 6,
    popoverClass: 'millrace-tour',
    showProgress: true,
    progressText: homeWords('tourProgress', { current: '{{current}}', total: '{{total}}' }),
    nextBtnText: homeWords('tourNext'),
    prevBtnText: homeWords('tourBack'),
    doneBtnText: homeWords('tourDone'),
    showButtons: ['next', 'previous'],
    steps: STEPS.map(([place, title, text]) => ({
      element: `[data-tour="${place}"]`,
      popover: { title: homeWords(title), description: homeWords(text) },
    })),
    onPopoverRender: (popover) => {
      // Its title is a `header`, which would be a second banner of the page.
      popover.title.setAttribute('role', 'none');
      const skip = document.createElement('button');
      skip.type = 'button';
      skip.className = 'millrace-tour-skip';
      skip.textContent = homeWords('tourSkip');
      skip.addEventListener('click', () => tour.destroy());
      popover.footerButtons.append(skip);
    },
    onDestroyed: onEnd,
  });
  tour.drive();
  return () => tour.destroy();
}
