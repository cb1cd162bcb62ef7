// @ts-check
// Keeps a page true while it is looked at: parts of it come again over an event stream when they have changed.
import { count, setServerNow } from './counting.js';

/** @typedef {{ name: string, version: string, html: string }} Region */
/** @typedef {{ now: number, title?: string, tabIcon?: string, phase?: string, attention?: string, regions: Region[] }} News */

const root = /** @type {HTMLElement | null} */ (document.querySelector('[data-live]'));
if (root && !('still' in root.dataset)) listen(root);

/** @param {HTMLElement} page */
function listen(page) {
  const stream = new EventSource(page.dataset.live ?? '');
  stream.addEventListener('message', (event) => show(page, JSON.parse(event.data)));
  stream.addEventListener('end', () => stream.close());
  sayWhenAway(stream);
  addEventListener('pagehide', () => stream.close());
  const ask = page.querySelector('[data-region="steps"]');
  ask?.addEventListener('click', (event) => {
    if (/** @type {Element} */ (event.target).closest('[data-ask-notify]')) void askToNotify();
  });
  offerToNotify();
}

const patience = 3_000;

/** @param {EventSource} stream a page that cannot hear of changes says so: what it shows may be old by now */
function sayWhenAway(stream) {
  const line = document.createElement('p');
  line.className = 'away';
  line.setAttribute('role', 'status');
  document.body.append(line);
  /** @type {number | undefined} */
  let waiting;
  stream.addEventListener('error', () => {
    waiting ??= window.setTimeout(() => {
      line.textContent = 'Labrador does not answer. This page tries again by itself.';
    }, patience);
  });
  stream.addEventListener('open', () => {
    clearTimeout(waiting);
    waiting = undefined;
    line.textContent = '';
  });
}

/** @param {HTMLElement} page @param {News} news */
function show(page, news) {
  setServerNow(news.now);
  for (const region of news.regions) replace(page, region);
  if (news.title !== undefined) document.title = `${news.title} · ${document.title.split(' · ').at(-1)}`;
  if (news.tabIcon !== undefined) setTabIcon(news.tabIcon);
  if (news.phase !== undefined) enter(page, news.phase);
  if (news.attention !== undefined) showAttention(news.attention);
  document.dispatchEvent(new Event('labrador:changed'));
  count();
  offerToNotify();
}

/** @param {HTMLElement} page @param {Region} region only what has changed, so that nobody loses their place */
function replace(page, region) {
  const place = /** @type {HTMLElement | null} */ (page.querySelector(`[data-region="${region.name}"]`));
  if (!place || place.dataset.version === region.version) return;
  const open = [...place.querySelectorAll('details')].map((details) => details.open);
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : undefined;
  const asking = place.querySelector('dialog[open]');
  asking?.addEventListener('close', () => replace(page, region), { once: true });
  if (asking || isTyping(place)) return;
  place.innerHTML = region.html;
  place.dataset.version = region.version;
  for (const [index, details] of [...place.querySelectorAll('details')].entries())
    details.open ||= open[index] ?? false;
  if (focused) document.getElementById(focused)?.focus();
}

/** @param {HTMLElement} place true while somebody has typed something there that was not sent yet */
function isTyping(place) {
  const field = document.activeElement;
  return field instanceof HTMLInputElement && place.contains(field) && field.value !== field.defaultValue;
}

/** @param {string} count beside its way in the bar; empty for nothing */
function showAttention(count) {
  const place = document.querySelector('[data-attention]');
  if (!place || place.textContent === count) return;
  place.textContent = count;
  place.toggleAttribute('hidden', count === '');
}

/** @param {string} name */
function setTabIcon(name) {
  const link = document.querySelector('[data-tab-icon]');
  const href = `/tab-icon/${name}.svg`;
  if (link && link.getAttribute('href') !== href) link.setAttribute('href', href);
}

/** @param {HTMLElement} page @param {string} phase */
function enter(page, phase) {
  const before = page.dataset.phase;
  if (before === phase) return;
  page.dataset.phase = phase;
  if (before === 'loading' && phase === 'usable') ready(page);
  if (before === 'loading' && phase === 'over') notify(`${page.dataset.title} could not be made ready`);
}

/** @param {HTMLElement} page */
function ready(page) {
  notify(`${page.dataset.title} is ready`);
  if (new URLSearchParams(location.search).get('open') === 'terminal') openTerminal(page);
}

/** @param {HTMLElement} page only where there is one to open */
function openTerminal(page) {
  if (page.querySelector('[data-connect], .connect a[href$="/terminal"]'))
    location.replace(`${page.dataset.href}/terminal`);
}

/** @param {string} text */
function notify(text) {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted' || !document.hidden) return;
  try {
    const shown = new Notification(text, { tag: location.pathname });
    shown.addEventListener('click', () => {
      focus();
      shown.close();
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // phones let service workers alone notify
  }
}

/** Offers what the browser would ask about, and nothing when it was answered already. */
function offerToNotify() {
  const can = 'Notification' in globalThis && Notification.permission === 'default' && isSecureContext;
  for (const offer of document.querySelectorAll('[data-ask-notify]')) offer.toggleAttribute('hidden', !can);
}

async function askToNotify() {
  await Notification.requestPermission();
  offerToNotify();
}

if (root?.dataset.phase === 'usable' && new URLSearchParams(location.search).get('open') === 'terminal')
  openTerminal(root);
