// @ts-check
// Times that count down and bars that move, by the server's clock: the browser's own may be wrong by hours.
import { promise, timeLeft } from './words.js';

const atStart = performance.now();
/** How many times as fast as this one the server's clock goes: a simulated semester's. */
const rate = Number(document.body.dataset.rate ?? 1);
let serverAtStart = Number(document.body.dataset.now ?? Date.now());

/** @returns {number} epoch milliseconds on the server */
export function serverNow() {
  return serverAtStart + (performance.now() - atStart) * rate;
}

/** @param {number} now what the server's clock showed when it sent this */
export function setServerNow(now) {
  serverAtStart = now - (performance.now() - atStart) * rate;
}

export function startCounting() {
  count();
  setInterval(count, 500);
}

export function count() {
  const now = serverNow();
  for (const element of document.querySelectorAll('[data-count-to]')) {
    const left = Number(element.getAttribute('data-count-to')) - now;
    const then = element.getAttribute('data-then');
    if (then && left <= 0) arrive(element, then);
    else write(element, timeLeft(then ? left + 999 : left)); // what is to come is rounded up, what is left down
  }
  for (const clock of document.querySelectorAll('[data-clock]')) write(clock, shownIn(clock, now));
  for (const bar of document.querySelectorAll('progress[data-since]'))
    move(/** @type {HTMLProgressElement} */ (bar), now);
}

/** @param {Element} clock its zone is its value @param {number} now */
function shownIn(clock, now) {
  return new Intl.DateTimeFormat('en-GB', {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', timeZone: clock.getAttribute('data-clock') ?? 'UTC' },
  }).format(now);
}

/** @param {Element} element @param {string} then the words around the time go with it */
function arrive(element, then) {
  write(element, then);
  const around = element.closest('.headline')?.querySelectorAll('.about, .after') ?? [];
  for (const word of around) word.remove();
}

/** @param {HTMLProgressElement} bar @param {number} now */
function move(bar, now) {
  const estimate = { p50: Number(bar.dataset.p50), p95: Number(bar.dataset.p95) };
  const elapsed = now - Number(bar.dataset.since);
  if (estimate.p50 > 0) bar.value = Math.max(bar.value, Math.min(0.97, elapsed / estimate.p50));
  const words = bar.parentElement?.querySelector('[data-promise]');
  if (words) write(words, promise(estimate, elapsed));
}

/** @param {Element} element @param {string} text untouched when it says so already: readers of screens hear changes */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
