// @ts-check
// Tickets for the gateway's doors: single use, 30 seconds.

/** Refused by the server, with a sentence for people. */
export class Refused extends Error {
  /** @param {string} code @param {string} sentence */
  constructor(code, sentence) {
    super(sentence);
    this.code = code;
  }
}

/**
 * Posts a form of ours and reads the answer.
 * @param {string} path
 * @param {Record<string, string>} fields
 * @returns {Promise<Response>}
 */
export async function post(path, fields = {}) {
  const body = new URLSearchParams({ csrf: document.body.dataset.csrf ?? '', ...fields });
  const answer = await fetch(path, { method: 'POST', body, headers: { accept: 'application/json' } });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refused(problem.code ?? 'defect', problem.detail ?? 'Something went wrong.');
}

/**
 * Of several machines that are had together it is for the one that the page is of.
 * @param {string} reservation its address, `/reservations/7`
 * @param {'terminal' | 'console' | 'files'} purpose
 * @returns {Promise<string>}
 */
export async function ticketFor(reservation, purpose) {
  const machine = document.querySelector('[data-machine]')?.getAttribute('data-machine');
  const answer = await post(`${reservation}/ticket`, { purpose, ...(machine ? { machine } : {}) });
  return (await answer.json()).ticket;
}

const lookMs = 5_000;

/**
 * The reservation as the API tells it; null when it cannot be asked now.
 * @param {string} reservation its address
 * @returns {Promise<{ state: string, reason: string | null, can: { connect: boolean } } | null>}
 */
export async function lookAtReservation(reservation) {
  try {
    const answer = await fetch(`/api/v1${reservation}`, { signal: AbortSignal.timeout(lookMs) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} door `terminal`, `console` or `files`
 * @param {Record<string, string>} query
 * @returns {string} path of the gateway's door
 */
export function gatewayPath(door, query) {
  return `/gateway/${door}?${new URLSearchParams(query)}`;
}

/** @param {string} path @returns {WebSocket} */
export function openSocket(path) {
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${path}`);
  socket.binaryType = 'arraybuffer';
  return socket;
}
