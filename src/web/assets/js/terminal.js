// @ts-check
// The terminal's page: a screen, a connection that comes back by itself, keys for phones, files.
import { serverNow } from './counting.js';
import { startFiles } from './files.js';
import { makeConnection } from './terminal-connection.js';
import { startKeys } from './terminal-keys.js';
import { makeScreen } from './terminal-screen.js';
import { lookAtReservation, post, Refused } from './tickets.js';

const page = /** @type {HTMLElement} */ (document.querySelector('[data-terminal]'));
const reservation = page.dataset.terminal ?? '';
const find = (/** @type {string} */ name) =>
  /** @type {HTMLElement} */ (page.querySelector(`[data-terminal-${name}]`));
const over = find('over');
const state = find('state');
const told = find('told');
const toldForMs = 10_000;
let forget = 0;
const shellKey = `labrador shell of ${reservation}`;

const screen = makeScreen(find('screen'));
const connection = makeConnection({
  reservation,
  isClosed: 'closed' in page.dataset,
  size: () => screen.size(),
  onBytes: (bytes) => screen.write(bytes),
  onBegin: () => screen.clear(),
  onSize: (size) => screen.show(size),
  onNotice: tell,
  onOpen(shell) {
    say('open', 'Connected');
    over.hidden = true;
    told.hidden = true;
    screen.focus();
    if (isAnother(shell)) screen.writeLine('This is a new shell: the connection to the one before was lost.');
  },
  onLost: (why) => say('waiting', why === 'machine' ? 'No answer' : 'Connecting again'),
  onEnded(reason) {
    say('closed', 'Closed');
    sessionStorage.removeItem(shellKey);
    void showEnd(reason);
  },
});
const keys = startKeys(page, (text) => {
  connection.send(text);
  screen.focus();
});
screen.onText((text) => connection.send(keys.apply(text)));
screen.onResize((size) => connection.resize(size));
screen.onLeave(() => /** @type {HTMLElement} */ (page.querySelector('[data-files-button]')).focus());
find('again').addEventListener('click', () => connection.open());
startFiles(page, reservation);
startExtend();
void connection.open();

/** @param {string} now @param {string} words */
function say(now, words) {
  state.dataset.now = now;
  state.textContent = words;
}

/** Nobody gets in any more. */
const overStates = ['timeout', 'deleted', 'complete', 'failed'];

/**
 * Why the terminal has ended, and what helps then: connecting again, another machine when the reservation is over, or the page
 * of the reservation.
 * @param {string} reason
 */
async function showEnd(reason) {
  const found = await lookAtReservation(reservation);
  const isOver = found !== null && overStates.includes(found.state);
  const hasEnded = isOver && found.reason !== null && found.reason !== reason;
  find('over-text').textContent = hasEnded ? `${reason} ${found.reason}` : reason;
  find('again').hidden = found !== null && !found.can.connect;
  find('anew').hidden = find('home').hidden = !isOver;
  for (const form of page.querySelectorAll('[data-terminal-extend]')) form.toggleAttribute('hidden', isOver);
  // on a phone they lie over everything
  const files = /** @type {HTMLElement} */ (page.querySelector('[data-files]'));
  if (isOver && !files.hidden) /** @type {HTMLElement} */ (page.querySelector('[data-files-close]')).click();
  over.hidden = false;
  const first = over.querySelector('button:not([hidden], [hidden] *), .actions > a:not([hidden])');
  /** @type {HTMLElement | null} */ (first)?.focus();
}

/**
 * Over the screen, never into it: a program may be drawing there. Gone after a while, or when what was waited for is there.
 * @param {string} text
 */
function tell(text) {
  told.textContent = text;
  told.hidden = false;
  clearTimeout(forget);
  forget = setTimeout(() => {
    told.hidden = state.dataset.now === 'open';
  }, toldForMs);
}

/** @param {string | undefined} shell @returns {boolean} this tab has looked at another one before */
function isAnother(shell) {
  const before = sessionStorage.getItem(shellKey);
  if (shell !== undefined) sessionStorage.setItem(shellKey, shell);
  return before !== null && shell !== undefined && before !== shell;
}

/** Extends without leaving the terminal. */
function startExtend() {
  const form = /** @type {HTMLFormElement | null} */ (page.querySelector('[data-terminal-extend]'));
  form?.addEventListener('submit', async (event) => {
    event.preventDefault();
    const minutes = String(new FormData(form).get('minutes'));
    try {
      await post(`${reservation}/extend`, { minutes });
      const count = /** @type {HTMLElement} */ (page.querySelector('[data-count-to]'));
      count.dataset.countTo = String(Number(count.dataset.countTo ?? serverNow()) + Number(minutes) * 60_000);
      tell(`Extended by ${minutes} minutes.`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      tell(error.message);
    }
    screen.focus();
  });
}
