// @ts-check
// Keys that phones do not have.

const sequences = /** @type {const} */ ({
  Escape: '\u001b',
  Tab: '\t',
  ArrowLeft: '\u001b[D',
  ArrowUp: '\u001b[A',
  ArrowDown: '\u001b[B',
  ArrowRight: '\u001b[C',
});

/**
 * @param {HTMLElement} page
 * @param {(text: string) => void} send
 * @returns {{ apply(text: string): string }} what was typed, with Ctrl when it was pressed before
 */
export function startKeys(page, send) {
  const row = /** @type {HTMLElement} */ (page.querySelector('[data-keys]'));
  const control = /** @type {HTMLElement} */ (row.querySelector('[data-key="Control"]'));
  row.hidden = !matchMedia('(pointer: coarse)').matches;
  const press = (/** @type {boolean} */ down) => control.setAttribute('aria-pressed', String(down));
  row.addEventListener('pointerdown', (event) => event.preventDefault()); // the keyboard of the phone stays up
  row.addEventListener('click', (event) => {
    const key = /** @type {Element} */ (event.target).closest('[data-key]')?.getAttribute('data-key');
    if (key === 'Control') press(control.getAttribute('aria-pressed') !== 'true');
    else if (key && key in sequences) send(sequences[/** @type {keyof typeof sequences} */ (key)]);
  });
  return {
    apply(text) {
      if (control.getAttribute('aria-pressed') !== 'true') return text;
      press(false);
      return /^[a-z@[\\\]^_]$/i.test(text)
        ? String.fromCharCode(text.toUpperCase().charCodeAt(0) & 31)
        : text;
    },
  };
}
