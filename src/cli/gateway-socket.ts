import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { forgetGateway, tellGateway } from '../../db/repositories/gateways.ts';
import { inTransaction } from '../../db/transaction.ts';
import { CommandError } from './failure.ts';
import { atGateway, gatewayAddress, type SocketPlace } from './gateway-address.ts';
import type { Installation } from './installation.ts';
import type { Served } from './management-node.ts';
import type { Door } from './serve.ts';

export interface WebsDoor {
  /** Takes nothing new; what is under way goes on. */
  shut(): Promise<void>;
  /** Cuts what is left. */
  end(): void;
}

/** Lets web processes reach a daemon's gateway, and tells them where. Call it with the daemon's lock held. */
export async function listenForWebs(opened: Installation, served: Served, door: Door): Promise<WebsDoor> {
  const address = gatewayAddress(opened, served.name);
  const gateway = { placeId: served.placeId, name: served.name, address };
  const server = serverFor(door);
  await listenAt(server, address);
  await inTransaction(opened.db, (tx) => tellGateway(tx, gateway));
  return {
    async shut() {
      server.close();
      await inTransaction(opened.db, (tx) => forgetGateway(tx, gateway));
    },
    end: () => server.closeAllConnections(),
  };
}

function serverFor(door: Door): Server {
  const server = createServer({ requestTimeout: 0 }, (req, res) => {
    if (!door.handle(req, res)) res.writeHead(404).end();
  });
  return server.on('upgrade', (req, socket, head) => {
    if (!door.upgrade(req, socket, head)) socket.destroy();
  });
}

async function listenAt(server: Server, address: string): Promise<void> {
  try {
    await atGateway(address, (place) => listen(server, place));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const sentence = `The gateway cannot listen at ${address} (${code}). Check LABRADOR_GATEWAY.`;
    throw new CommandError(sentence, 1, { cause });
  }
}

/** The daemon's lock is held: a socket that lies there is a dead daemon's. */
function listen(server: Server, place: SocketPlace): Promise<void> {
  if ('path' in place) rmSync(place.path, { force: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...place }, resolve);
  });
}
