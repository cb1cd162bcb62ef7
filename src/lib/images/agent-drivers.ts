/** Which kernel modules the imaging agent takes along: whatever a server's disks and network cards may need. */
import type { ModuleNeeds } from './kernel-modules.ts';

const folders = [
  ...[
    'ata',
    'hv',
    'message/fusion',
    'mmc',
    'net/ethernet',
    'net/hyperv',
    'net/mdio',
    'net/phy',
    'net/vmxnet3',
  ],
  ...['nvme/host', 'scsi', 'virtio', 'xen'],
].map((folder) => `kernel/drivers/${folder}/`);
const single = [
  ...['virtio_net', 'net_failover', 'virtio_blk', 'efivarfs', 'mptsas'],
  // A disk of the server, and the file system that the other modules lie in.
  ...['nbd', 'ext4'],
];
/** Disks that are none of the machine's own, and devices for tests. */
const unwanted =
  /\/(scsi_debug|iscsi_\w+|libiscsi\w*|fcoe|nvme-(fc|rdma|tcp)|st|ch|osst|virtio_(balloon|input|mem))\.ko$/;

/** The names of the modules that this kernel has of them. */
export function agentDrivers(needs: ModuleNeeds): string[] {
  const wanted = [...needs.keys()].filter(
    (path) =>
      !unwanted.test(path) &&
      (folders.some((folder) => path.startsWith(folder)) || single.includes(nameOf(path))),
  );
  return wanted.map(nameOf);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.ko$/, '');
}
