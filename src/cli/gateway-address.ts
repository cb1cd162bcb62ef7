import { join } from 'node:path';
import { withSocketPath } from '../lib/socket-path.ts';
import type { Installation } from './installation.ts';

/** Where web processes find a daemon's gateway: at LABRADOR_GATEWAY, else (on this computer alone) in the data directory. */
export function gatewayAddress({ config, data }: Installation, daemon: string): string {
  return config.gateway === null
    ? `unix:${join(data.path, `gateway-${daemon}.sock`)}`
    : `http://${config.gateway}`;
}

/** As `net` wants it. */
export type SocketPlace = { readonly path: string } | { readonly host: string; readonly port: number };

/** Calls `use` with the place that an address, `unix:/path` or `http://host:port`, stands for. */
export function atGateway<T>(address: string, use: (place: SocketPlace) => Promise<T>): Promise<T> {
  if (address.startsWith('unix:')) return withSocketPath(address.slice(5), (path) => use({ path }));
  const { hostname, port } = new URL(address);
  return use({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) });
}
