/** The web proxies of all machines: which sockets are listened on. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { withSocketPath } from '../../../lib/socket-path.ts';
import type { GatewayDeps, ProxyGuest } from '../contract.ts';
import { publicAddressesOnly } from './address-policy.ts';
import { type DestinationRules, resolvePublicName } from './destination.ts';
import { createWebProxy, type WebProxy } from './web-proxy.ts';

export interface Proxies {
  listen(socketPath: string, guest: ProxyGuest): Promise<void>;
  close(socketPath: string): Promise<void>;
  closeAll(): Promise<void>;
}

export function createProxies(deps: GatewayDeps): Proxies {
  const { settings, log } = deps;
  const listening = new Map<string, WebProxy>();
  const upstream = settings.upstreamProxy === null ? null : new URL(settings.upstreamProxy);
  const rules: DestinationRules = {
    ports: settings.proxyPorts,
    mayReach: deps.mayReach ?? publicAddressesOnly(settings.forbiddenAddresses),
    resolveName: deps.resolveName ?? resolvePublicName,
    hasUpstream: upstream !== null,
  };
  const limits = { mostConnections: settings.proxyConnections, idleSeconds: settings.proxyIdleSeconds };

  async function listen(socketPath: string, guest: ProxyGuest): Promise<void> {
    await close(socketPath);
    const proxy = createWebProxy({ rules, upstream, ...limits, guest, log });
    listening.set(socketPath, proxy);
    await withSocketPath(socketPath, async (path) => {
      // Whoever may enter the folder may connect: it is the machine's own, QEMU runs as another user there.
      proxy.server.listen({ path, readableAll: true, writableAll: true });
      await once(proxy.server, 'listening');
    });
  }

  async function close(socketPath: string): Promise<void> {
    const proxy = listening.get(socketPath);
    listening.delete(socketPath);
    await proxy?.stop();
    await rm(socketPath, { force: true });
  }

  const closeAll = async () => {
    await Promise.all([...listening.keys()].map(close));
  };
  return { listen, close, closeAll };
}
