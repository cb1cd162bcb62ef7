// @ts-check
// The name of a new image is made from its title while that is typed, until somebody types a name of their own.
import { nameFromTitle } from './image-name.js';

const form = document.querySelector('[data-capture]');
const title = /** @type {HTMLInputElement | null} */ (form?.querySelector('[name="title"]') ?? null);
const name = /** @type {HTMLInputElement | null} */ (form?.querySelector('[name="name"]') ?? null);

if (title && name) {
  let own = name.value !== '' && name.value !== nameFromTitle(title.value);
  title.addEventListener('input', () => {
    if (!own) name.value = nameFromTitle(title.value);
  });
  name.addEventListener('input', () => (own = name.value !== ''));
}
