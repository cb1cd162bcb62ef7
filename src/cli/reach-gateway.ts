import { connect, type Socket } from 'node:net';
import { atGateway } from './gateway-address.ts';

/** A computer that is down says nothing at all. */
const patienceMs = 3_000;

/** Connects to a gateway's address, `unix:/path` or `http://host:port`. Rejects when nobody answers there. */
export function reachGateway(address: string): Promise<Socket> {
  return atGateway(address, (place) => connected(connect(place)));
}

function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(new Error('no answer')), patienceMs);
    socket.once('close', () => clearTimeout(late));
    socket.once('error', reject);
    socket.once('connect', () => {
      clearTimeout(late);
      resolve(socket.off('error', reject));
    });
  });
}
