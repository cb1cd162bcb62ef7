import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { abortable } from '../abortable.ts';

const port = 69;
const waitMs = 3_000;
const data = 3;
/** Else the server would send the block again and again. */
const enough = Buffer.from([0, 5, 0, 0, 0]);

/** Null when the server hands out the file's first block; else what it said, or that it says nothing. Source: RFC 1350. */
export async function askTftp(server: string, file: string, signal: AbortSignal): Promise<string | null> {
  const socket = createSocket('udp4');
  const timer = setTimeout(() => socket.emit('error', new Error('it does not answer')), waitMs);
  try {
    const answer = once(socket, 'message') as Promise<[Buffer, { port: number; address: string }]>;
    socket.send(Buffer.concat([Buffer.from([0, 1]), Buffer.from(`${file}\0octet\0`)]), port, server);
    const [message, from] = await abortable(answer, signal);
    if (message.readUInt16BE(0) !== data)
      return message.toString('latin1', 4).replace(/\0.*$/s, '') || 'it refuses';
    await new Promise((done) => socket.send(enough, from.port, from.address, done));
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return (error as Error).message;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}
