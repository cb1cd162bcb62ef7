// @ts-check
// On every page: what makes working pages pleasanter. Nothing here is needed to use them.
import { startCounting } from './counting.js';

startCounting();

// A form that comes back is begun again where something is wrong.
/** @type {HTMLElement | null} */ (document.querySelector('main [aria-invalid="true"]'))?.focus();

document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = event.submitter ?? form.querySelector('button[type="submit"]');
  if (!form.hasAttribute('data-busy') || !(button instanceof HTMLButtonElement)) return;
  if (button.getAttribute('aria-busy') === 'true') return event.preventDefault();
  button.setAttribute('aria-busy', 'true');
  const words = form.getAttribute('data-busy');
  if (words) button.lastChild?.replaceWith(` ${words}…`);
});

// A page that comes back out of the browser's memory is not busy any more.
addEventListener('pageshow', (event) => {
  if (event.persisted)
    for (const busy of document.querySelectorAll('[aria-busy]')) busy.removeAttribute('aria-busy');
});

document.addEventListener('click', (event) => {
  const target = /** @type {Element} */ (event.target);
  const copy = target.closest('[data-copy]');
  if (copy) void copyText(copy);
  const opener = target.closest('[data-dialog]');
  if (opener) openDialog(opener, event);
  if (target.closest('[data-close]')) target.closest('dialog')?.close();
  for (const menu of document.querySelectorAll('[data-menu][open]')) {
    if (!menu.contains(target)) menu.removeAttribute('open');
  }
});

// One key leads to the search box, except while something is typed.
document.addEventListener('keydown', (event) => {
  const target = /** @type {Element} */ (event.target);
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.closest('input, textarea, select, [contenteditable], .terminal-page')) return;
  const box = document.getElementById('q');
  if (!box) return;
  event.preventDefault();
  box.focus();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('[data-menu][open]')) {
    menu.removeAttribute('open');
    menu.querySelector('summary')?.focus();
  }
});

/** @param {Element} button */
async function copyText(button) {
  await navigator.clipboard.writeText(button.getAttribute('data-copy') ?? '');
  const word = button.querySelector('[data-word]');
  if (!word) return;
  word.textContent = 'Copied';
  setTimeout(() => (word.textContent = 'Copy'), 2000);
}

/** @param {Element} opener @param {Event} event without the dialog its link leads to a page that asks the same */
function openDialog(opener, event) {
  const dialog = document.getElementById(opener.getAttribute('data-dialog') ?? '');
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  dialog.showModal();
}

/** Shows what only works with scripts: again for parts of the page that came later. */
export function improve() {
  const canCopy = navigator.clipboard !== undefined;
  for (const button of document.querySelectorAll('[data-copy]')) button.toggleAttribute('hidden', !canCopy);
  for (const field of document.querySelectorAll('[data-time-zone]')) {
    /** @type {HTMLInputElement} */ (field).value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
}

improve();
document.addEventListener('labrador:changed', improve);
