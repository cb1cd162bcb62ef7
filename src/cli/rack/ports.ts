/** Ports of this computer for a rack: outside of those that the system hands out by itself, which come and go. */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cannotListen } from '../../lib/cannot-listen.ts';

const from = 24_000;
const to = 31_999;

export function freeTcpPort(): Promise<number> {
  return draw(isTcpFree);
}

export function freeUdpPort(): Promise<number> {
  return draw(isUdpFree);
}

export async function isTcpFree(port: number): Promise<boolean> {
  return (await cannotListen('127.0.0.1', port)) === null;
}

async function draw(isFree: (port: number) => Promise<boolean>): Promise<number> {
  for (;;) {
    const port = randomInt(from, to);
    if (await isFree(port)) return port;
  }
}

export async function isUdpFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
