import { once } from 'node:events';
import WebSocket from 'ws';
import { EscapeTokens } from '../daemon/gateway/escape-tokens.ts';
import { askedSite } from './call-api.ts';
import { CommandError, firstLine } from './failure.ts';
import { complain } from './say.ts';

/**
 * Shows what comes from a console's address (`path`, with its ticket) until it is closed. As text alone: what a machine writes
 * moves nobody's cursor and asks nobody's terminal. Throws CommandError when it cannot be opened or is cut.
 */
export async function showConsole(path: string): Promise<void> {
  const socket = new WebSocket(`${askedSite().replace(/^http/, 'ws')}${path}`);
  const tokens = new EscapeTokens();
  let ended: string | null = null;
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) process.stdout.write(plain(tokens, data));
    else ended ??= reasonIn(data.toString());
  });
  try {
    await once(socket, 'close');
  } catch (cause) {
    throw new CommandError(`The console cannot be shown: ${firstLine((cause as Error).message)}`, 1, {
      cause,
    });
  }
  if (ended === null) throw new CommandError('The connection was cut.');
  complain(ended);
}

function plain(tokens: EscapeTokens, chunk: Buffer): Buffer {
  const text = [...tokens.cut(chunk)].filter(({ kind }) => kind === 'text');
  return Buffer.concat(text.map(({ bytes }) => Buffer.from(bytes.filter(isPlain))));
}

/** Line ends, tabs, and everything that is no control character; bytes above 127 are parts of letters. */
function isPlain(byte: number): boolean {
  return byte >= 0x20 ? byte !== 0x7f : byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function reasonIn(message: string): string | null {
  const { type, reason } = JSON.parse(message) as { type: string; reason?: string };
  return type === 'ended' ? (reason ?? 'The console was closed.') : null;
}
