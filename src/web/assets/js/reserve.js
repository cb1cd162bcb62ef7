// @ts-check
// The verdict beside the form, while it is being filled in.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector('[data-reserve]'));
const place = /** @type {HTMLElement | null} */ (document.querySelector('[data-verdict]'));
const quietMs = 250;

if (form && place) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  /** @type {AbortController | undefined} */
  let asking;

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const typed = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (['image', 'when', 'start', 'ends', 'minutes', 'end', 'imaging'].includes(name))
        typed.set(name, String(value));
    }
    try {
      const answer = await fetch(`${place.dataset.verdict}?${typed}`, { signal: asking.signal });
      if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
    } catch (error) {
      if (error instanceof DOMException) return; // a newer question was asked
      place.textContent = 'Labrador does not answer now.';
    }
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, quietMs);
    press(form);
  };
  form.addEventListener('input', (event) => {
    forgive(/** @type {HTMLElement} */ (event.target));
    later();
  });
  form.addEventListener('click', (event) => {
    const chip = /** @type {Element} */ (event.target).closest('[data-minutes]');
    const minutes = /** @type {HTMLInputElement | null} */ (form.querySelector('[name="minutes"]'));
    if (!chip || !minutes) return;
    minutes.value = chip.getAttribute('data-minutes') ?? '';
    forgive(minutes);
    later();
  });
  for (const quick of form.querySelectorAll('[data-quick]')) quick.removeAttribute('hidden');
  press(form);
}

/** @param {HTMLElement} field what was wrong with it was said of what it held before */
function forgive(field) {
  const said = field.getAttribute('aria-describedby');
  if (!field.hasAttribute('aria-invalid') || !said) return;
  field.removeAttribute('aria-invalid');
  field.removeAttribute('aria-describedby');
  document.getElementById(said)?.remove();
  if (!document.querySelector('[aria-invalid]')) document.querySelector('.refusal')?.remove();
}

/** @param {HTMLFormElement} within marks the length that is chosen */
function press(within) {
  const typed = String(new FormData(within).get('minutes'));
  for (const chip of within.querySelectorAll('[data-minutes]')) {
    chip.setAttribute('aria-pressed', String(chip.getAttribute('data-minutes') === typed));
  }
}
