// @ts-check
// The way to the gateway. The shell belongs to the reservation: a connection that was lost finds it as it was.
import { gatewayPath, openSocket, post, Refused, ticketFor } from './tickets.js';

/** @typedef {{ cols: number, rows: number }} Size */
/**
 * @typedef {object} Options
 * @property {string} reservation its address
 * @property {boolean} isClosed nobody has pressed Connect yet
 * @property {() => Size} size
 * @property {(bytes: Uint8Array) => void} onBytes
 * @property {(text: string) => void} onNotice
 * @property {(size: Size) => void} onSize another window gave the shell this size
 * @property {() => void} onBegin what the shell showed before comes again
 * @property {(shell: string | undefined) => void} onOpen which shell: another one than before is a new one
 * @property {(why: 'network' | 'machine') => void} onLost what does not answer; it is tried again
 * @property {(reason: string) => void} onEnded
 */

const longestWaitMs = 10_000;
const encoder = new TextEncoder();

/** @param {Options} options */
export function makeConnection(options) {
  /** @type {WebSocket | null} */
  let socket = null;
  let failures = 0;
  let ended = false;
  let { isClosed } = options;

  async function open() {
    ended = false;
    try {
      if (isClosed) await post(`${options.reservation}/connect`);
      isClosed = false;
      const ticket = await ticketFor(options.reservation, 'terminal');
      listen(openSocket(gatewayPath('terminal', { ticket, ...asText(options.size()) })));
    } catch (error) {
      if (error instanceof Refused) return end(error.message);
      lost();
    }
  }

  /** @param {WebSocket} opened */
  function listen(opened) {
    socket = opened;
    opened.addEventListener('open', options.onBegin);
    opened.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') control(JSON.parse(data));
      else options.onBytes(new Uint8Array(data));
    });
    opened.addEventListener('close', () => {
      if (socket === opened) socket = null;
      if (!ended) lost();
    });
  }

  /** @param {{ type: string, shell?: string, text?: string, reason?: string, cols?: number, rows?: number }} message */
  function control({ type, shell, text, reason, cols, rows }) {
    if (type === 'ready') {
      failures = 0;
      options.onOpen(shell);
    }
    if (type === 'waiting') options.onLost('machine');
    if (type === 'size' && cols && rows) options.onSize({ cols, rows });
    if (type === 'notice') options.onNotice(text ?? '');
    if (type === 'ended') end(reason ?? 'The shell has ended.');
  }

  /** @param {string} reason */
  function end(reason) {
    ended = true;
    socket?.close();
    options.onEnded(reason);
  }

  function lost() {
    options.onLost('network');
    failures += 1;
    setTimeout(() => void open(), Math.min(longestWaitMs, 250 * 2 ** failures));
  }

  // A lid that opens again, a network that comes back: at once, not after the longest wait.
  addEventListener('online', () => {
    if (!socket && !ended && failures > 2) void open();
  });

  return {
    open,
    /** @param {string} text */
    send(text) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(encoder.encode(text));
    },
    /** @param {Size} size */
    resize(size) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'resize', ...size }));
    },
  };
}

/** @param {Size} size */
function asText({ cols, rows }) {
  return { cols: String(cols), rows: String(rows) };
}
