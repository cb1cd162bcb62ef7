/**
 * A guest's user network: restricted, so that it reaches neither the host nor anything outside. The one way in is a port
 * forwarded to its SSH; the one way out, where the pool allows the web, is the gateway's proxy.
 */
import type { Reach } from '../../../src/domain/contracts/facts.ts';
import type { Qmp } from '../../../src/lib/qmp.ts';
import type { Forward } from '../shared/forwards.ts';
import { fileNames } from './guest-files.ts';

/** Where a guest finds the proxy; the gateway's own socket is behind it. */
const proxyAddress = '10.0.2.100';
const proxyPort = 3128;
export const proxyUrl = `http://${proxyAddress}:${proxyPort}`;

const managementHost = '127.0.0.1';
const guestSsh = '10.0.2.15:22';

/** What netdev_add and -netdev take. Without forwards the kernel chooses the management port. */
export function managementNetwork(reach: Reach, forwards: readonly Forward[]) {
  const ways = forwards.length > 0 ? forwards : [{ host: managementHost, port: 0 }];
  return {
    user: {
      type: 'user',
      id: 'management',
      restrict: true,
      ipv6: false,
      hostfwd: ways.map((way) => ({ str: `${rule(way)}-${guestSsh}` })),
      ...(reach === 'web' ? { guestfwd: [{ str: proxyForward }] } : {}),
    },
    hub: { type: 'hubport', id: 'management-port', hubid: 0, netdev: 'management' },
  };
}

// Relative: QEMU is started in the guest's folder, whose parents its user may not be allowed to enter.
const proxyForward = `tcp:${proxyAddress}:${proxyPort}-cmd:socat - UNIX-CONNECT:${fileNames.proxy}`;

export async function addForward(qmp: Qmp, forward: Forward): Promise<string> {
  return await qmp.monitor(`hostfwd_add management ${rule(forward)}-${guestSsh}`);
}

/** Replaces the network by one with these forwards alone. Every connection through the old one ends, in and out. */
export async function replaceNetwork(qmp: Qmp, reach: Reach, forwards: readonly Forward[]): Promise<void> {
  const { user, hub } = managementNetwork(reach, forwards);
  await qmp.execute('netdev_del', { id: hub.id });
  await qmp.execute('netdev_del', { id: user.id });
  await qmp.execute('netdev_add', user);
  await qmp.execute('netdev_add', hub);
}

const rule = ({ host, port }: Forward) => `tcp:${host === '*' ? '' : host}:${port}`;
