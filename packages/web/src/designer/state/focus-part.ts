/** Moves the keyboard to a part of the designer. */
export function focusPart(part: 'canvas' | 'inspector' | 'palette'): void {
  requestAnimationFrame(() => {
    const box = document.querySelector<HTMLElement>(`[data-part="${part}"]`);
    if (part === 'canvas') box?.focus();
    else if (part === 'palette') box?.querySelector<HTMLElement>('[role="searchbox"]')?.focus();
    else
      box
        ?.querySelector<HTMLElement>('fieldset :is(input, select, textarea, .cm-content):not(:disabled)')
        ?.focus();
  });
}
