/** Asks a network for an address as a machine's firmware does, and takes none. */
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { sleep } from '../sleep.ts';
import { type AskingAs, type DhcpOffer, discoverMessage, readOffer } from './dhcp-message.ts';
import { broadcastOf, type ImagingCard } from './imaging-card.ts';

const clientPort = 68;
const serverPort = 67;
/** As firmware does, since the first may be lost. */
const times = 3;
const waitMs = 1_000;

/**
 * Every offer that comes within three seconds, one for each server. `mac`: whose card asks. Rejects with the system's
 * word where we may not ask: port 68 is root's.
 */
export async function askDhcp(
  card: ImagingCard,
  mac: string,
  as: AskingAs,
  signal: AbortSignal,
): Promise<DhcpOffer[]> {
  const transaction = randomInt(2 ** 32);
  const offers = new Map<string, DhcpOffer>();
  // What is sent to everybody arrives at sockets without an address alone; what is sent must leave by this card.
  const [hearing, asking] = [await bound(), await bound(card.address)];
  try {
    hearing.on('message', (message, { address }) => {
      const offer = readOffer(message, transaction, address);
      if (offer) offers.set(offer.server, offer);
    });
    asking.setBroadcast(true);
    const message = discoverMessage(mac, transaction, as);
    for (let time = 0; time < times; time++) {
      await new Promise<void>((done, fail) => {
        asking.send(message, serverPort, broadcastOf(card), (error) => (error ? fail(error) : done()));
      });
      await sleep(waitMs, signal);
    }
    return [...offers.values()];
  } finally {
    for (const socket of [hearing, asking]) socket.close();
  }
}

async function bound(address?: string): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    socket.bind(clientPort, address);
    await once(socket, 'listening');
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
