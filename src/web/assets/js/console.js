// @ts-check
// The machine's own console, read only: text, as it comes. On a reservation's page while it loads, on a node's when it is asked for.
import { gatewayPath, openSocket, Refused, ticketFor } from './tickets.js';

const page = /** @type {HTMLElement | null} */ (document.querySelector('[data-live][data-phase]'));
const card = /** @type {HTMLElement | null} */ (document.querySelector('[data-console]'));
const button = /** @type {HTMLButtonElement | null} */ (document.querySelector('[data-console-show]'));
const mostLines = 400;
let asked = false;

if (page && card) {
  const look = () => {
    const loading = page.dataset.phase === 'loading';
    if (!loading) card.hidden = true;
    else if (!asked && page.querySelector('.step.is-now, .step.is-done')) void open(card, page);
  };
  look();
  document.addEventListener('labrador:changed', look);
}

if (button && card) {
  button.hidden = false;
  button.addEventListener('click', () => void showOnNode(card, button));
}

/** @param {HTMLElement} place @param {HTMLButtonElement} opener */
async function showOnNode(place, opener) {
  const says = /** @type {HTMLElement} */ (place.querySelector('[data-console-says]'));
  const text = /** @type {HTMLElement} */ (place.querySelector('[data-console-text]'));
  opener.hidden = true;
  const ended = (/** @type {string} */ why) => {
    says.textContent = why;
    opener.hidden = false;
  };
  try {
    const ticket = await ticketFor(place.dataset.console ?? '', 'console');
    const socket = openSocket(gatewayPath('console', { ticket }));
    const screen = makeScreen(text);
    text.hidden = false;
    text.textContent = '';
    text.focus();
    socket.addEventListener('message', ({ data }) => typeof data !== 'string' && screen.write(data));
    socket.addEventListener('close', () => ended('The console was closed.'));
  } catch (error) {
    ended(error instanceof Refused ? error.message : 'Labrador does not answer.');
  }
}

/** @param {HTMLElement} place @param {HTMLElement} reservation */
async function open(place, reservation) {
  asked = true;
  try {
    const ticket = await ticketFor(place.dataset.console ?? '', 'console');
    const socket = openSocket(gatewayPath('console', { ticket }));
    const screen = makeScreen(/** @type {HTMLElement} */ (place.querySelector('[data-console-text]')));
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') return;
      place.hidden = reservation.dataset.phase !== 'loading';
      screen.write(data);
    });
    socket.addEventListener('close', () => setTimeout(() => (asked = false), 2000));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    // A console that is not there yet may be there at the next step; one that never will be is asked for no more.
    setTimeout(() => (asked = error.code === 'reservation.no-console'), 2000);
  }
}

/** @param {HTMLElement} element */
function makeScreen(element) {
  const decoder = new TextDecoder();
  let text = '';
  return {
    /** @param {ArrayBuffer} bytes */
    write(bytes) {
      text = plain(text + decoder.decode(bytes, { stream: true }));
      text = text.split('\n').slice(-mostLines).join('\n');
      const atEnd = element.scrollTop + element.clientHeight > element.scrollHeight - 40;
      element.textContent = text;
      if (atEnd) element.scrollTop = element.scrollHeight;
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for escape sequences
const escapes = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78cDEHM])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: every control character but line ends, tab and escape
const controls = /(?![\t\r\n\x1b])\p{Cc}/gu;

/** @param {string} text @returns {string} without colours and cursor movements; an escape that is half there waits */
function plain(text) {
  return text
    .replace(escapes, '')
    .replace(/\r+\n/g, '\n')
    .replace(/[^\n]*\r(?!$)/g, '')
    .replace(controls, '');
}
