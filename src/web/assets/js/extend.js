// @ts-check
// A slider beside the number; the number is what is sent.

/** @param {ParentNode} page */
function join(page) {
  for (const form of page.querySelectorAll('[data-extend]')) {
    const slider = /** @type {HTMLInputElement | null} */ (form.querySelector('[data-slider]'));
    const number = /** @type {HTMLInputElement | null} */ (form.querySelector('[name="minutes"]'));
    if (!slider || !number || !slider.hidden) continue;
    slider.hidden = false;
    slider.addEventListener('input', () => (number.value = slider.value));
    number.addEventListener('input', () => (slider.value = number.value));
  }
}

join(document);
document.addEventListener('labrador:changed', () => join(document));
