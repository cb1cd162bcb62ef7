/** Guests on this computer, run by QEMU alone: without libvirt, without an agent, each in its own folder and network. */
import { defineProvisioning } from '../../../src/domain/contracts/provisioning.ts';
import { tcpPeersHere } from '../../../src/lib/tcp-peers.ts';
import { readImageFile } from '../shared/image-file.ts';
import { wantedRevision } from '../shared/wanted-revision.ts';
import { list_artefacts, remove_artefact } from './artefacts.ts';
import { capture } from './capture.ts';
import { check_pool } from './check-pool.ts';
import { close_forward, open_forward } from './forward.ts';
import { guestFiles } from './guest-files.ts';
import { load } from './load.ts';
import { power_off, power_on, power_reset, power_status } from './power.ts';
import { removeGuestsOfNode } from './remove-guest.ts';
import { qemuSettings } from './settings.ts';
import { join_network } from './shared-network.ts';
import { get_current_image, node_status } from './status.ts';
import { user_endpoint } from './user-endpoint.ts';

export const qemu = defineProvisioning({
  id: 'qemu',
  title: 'Virtual machines on this computer',
  settings: qemuSettings,
  formats: ['qcow2', 'raw'],
  // Where processors are emulated: whether they are is found out where the machines are, not where people book.
  estimates: { loadSeconds: ({ init }) => (init === 'busybox' ? 10 : 60), reclaimSeconds: 5 },

  node_status,
  load,
  capture,
  power_status,
  power_on,
  power_off,
  power_reset,
  get_current_image,
  check_pool,
  user_endpoint,
  open_forward,
  close_forward,
  join_network,
  list_artefacts,
  remove_artefact,

  async get_image_size(context) {
    context.signal.throwIfAborted();
    return (await readImageFile(wantedRevision(context, ['qcow2', 'raw']))).sizeBytes;
  },

  async unload(context) {
    context.signal.throwIfAborted();
    await removeGuestsOfNode(context, 'all');
  },

  async connections(context, { port }) {
    context.signal.throwIfAborted();
    return tcpPeersHere(port);
  },

  async console(context) {
    context.signal.throwIfAborted();
    const files = guestFiles(context);
    return { socket: files.path('console'), logFile: files.path('consoleLog') };
  },

  async proxy_socket(context) {
    context.signal.throwIfAborted();
    return guestFiles(context).path('proxy');
  },
});
