/** A guest's card for the network of machines that are had together: it leads nowhere until the guest is joined to one. */
import type { Qmp } from '../../../src/lib/qmp.ts';
import { fileNames } from './guest-files.ts';

/** The hardware address of that card: the first one's, as another of those that are locally administered. */
export function wireMac(mac: string): string {
  return `5a${mac.slice(2)}`;
}

/** The card on a hub of its own in the guest, as the first one is (command-line.ts); the wire to the others comes and goes. */
export function wireCard(mac: string): string[] {
  return [
    ...['-netdev', 'hubport,id=wire-nowhere,hubid=1', '-netdev', 'hubport,id=wire-card,hubid=1'],
    ...['-device', `virtio-net-pci,id=${wireCardId},netdev=wire-card,mac=${wireMac(mac)},romfile=`],
  ];
}

export const wireCardId = 'wirecard';
/** To the reservation's hub, whose socket has a name in the guest's folder by then. */
export const wire = {
  type: 'stream',
  id: 'wire',
  server: false,
  addr: { type: 'unix', path: fileNames.wire },
};
export const port = { type: 'hubport', id: 'wire-port', hubid: 1, netdev: 'wire' };

/** No cable: no system waits for an address there. */
export async function unplugWire(qmp: Qmp): Promise<void> {
  await qmp.execute('set_link', { name: wireCardId, up: false });
}
