export type DesignerPart = 'canvas' | 'inspector' | 'palette' | 'name';

/** Moves the keyboard to a part of the designer; `name` is the field with the name of what is selected. */
export function focusPart(part: DesignerPart): void {
  requestAnimationFrame(() => {
    if (part === 'name') {
      const field = document.querySelector<HTMLInputElement>('[data-field="name"]');
      field?.focus();
      field?.select();
      return;
    }
    const box = document.querySelector<HTMLElement>(`[data-part="${part}"]`);
    if (part === 'canvas') box?.focus();
    else if (part === 'palette') box?.querySelector<HTMLElement>('[role="searchbox"]')?.focus();
    else
      box
        ?.querySelector<HTMLElement>(
          'fieldset :is(input, select, textarea, .cm-content):not(:disabled), [data-field="name"]',
        )
        ?.focus();
  });
}
