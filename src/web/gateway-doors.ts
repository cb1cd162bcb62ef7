import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What the site hands on to the gateway wherever it runs: everything addressed to `/gateway/...`. */
export interface GatewayDoors {
  /** False when it was not addressed to it. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
}
