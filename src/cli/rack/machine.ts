/** The command line of a rack's machine: a bare computer with an empty disk and one card, which starts from either. */
import {
  chooseAccelerator,
  cpuModel,
  qemuProgram,
} from '../../../modules/provisioning/shared/accelerator.ts';
import { type RackNode, rackFiles } from './rack-node.ts';
import { doorsAddress, userNetwork } from './user-network.ts';

/** The image server's ports, and the socket in the machine's folder that each leads to. */
const doors = { 80: rackFiles.image, 10809: rackFiles.disks } as const;

/** Debian's UEFI (package ovmf), of the build that knows Secure Boot: whether it is on is a matter of what it keeps. */
const uefiCode = '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd';

/** `user`: the numeric user it runs as; null: as we do. What comes first when it starts is said by the chassis. */
export async function machineCommand(node: RackNode, user: number | null): Promise<string[]> {
  const accelerator = await chooseAccelerator({ accelerator: 'auto' });
  const place = node.lan ? ['ip', 'netns', 'exec', node.lan.namespace] : [];
  return [
    ...[
      ...place,
      qemuProgram,
      '-name',
      `guest=${node.name}`,
      '-nodefaults',
      '-no-user-config',
      '-display',
      'none',
    ],
    ...['-accel', accelerator, ...board(node)],
    ...['-cpu', cpuModel(accelerator, { cpu: '' }), '-smp', String(node.cpus), '-m', `${node.memoryMb}M`],
    ...['-smbios', `type=1,manufacturer=Labrador,product=Rack in software,serial=${node.name}`],
    ...['-boot', 'menu=off,strict=on', '-rtc', 'base=utc'],
    ...disk(),
    ...network(node),
    ...['-object', 'rng-random,id=random,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=random'],
    ...['-chardev', `file,id=serial,path=${rackFiles.serialLog},append=on`, '-serial', 'chardev:serial'],
    ...[
      '-chardev',
      `socket,id=qmp,path=${rackFiles.qmp},server=on,wait=off`,
      '-mon',
      'chardev=qmp,mode=control',
    ],
    // It starts one program for each connection to the image server, and nothing else.
    ...['-sandbox', 'on,obsolete=deny,resourcecontrol=deny'],
    ...(user === null ? [] : ['-runas', `${user}:${user}`]),
  ];
}

function board({ firmware }: RackNode): string[] {
  const machine = 'q35,sata=off,smbus=off,vmport=off';
  if (firmware === 'bios') return ['-machine', machine];
  const flash = (name: string, file: string, readOnly: boolean) => {
    const blockdev = { driver: 'raw', 'node-name': name, 'read-only': readOnly };
    return ['-blockdev', JSON.stringify({ ...blockdev, file: { driver: 'file', filename: file } })];
  };
  return [
    ...['-machine', `${machine},smm=on,pflash0=code,pflash1=vars`],
    ...['-global', 'driver=cfi.pflash01,property=secure,value=on'],
    ...flash('code', uefiCode, true),
    ...flash('vars', rackFiles.uefiVars, false),
  ];
}

function disk(): string[] {
  const file = { driver: 'file', filename: rackFiles.disk, discard: 'unmap' };
  const raw = { driver: 'raw', 'node-name': 'disk', discard: 'unmap', file };
  return ['-blockdev', JSON.stringify(raw), '-device', 'virtio-blk-pci,id=disk,drive=disk'];
}

/** A UEFI starts from a real network by itself: its own PXE fetches its first boot loader. */
function network(node: RackNode): string[] {
  const { mac, lan, firmware, sshPort } = node;
  const card = `virtio-net-pci,id=card,netdev=network,mac=${mac}`;
  if (lan === null) {
    const bootfile = `http://${doorsAddress}/boot.ipxe?mac=${mac}`;
    return [...userNetwork({ sshPort, doors, bootfile }), '-device', card];
  }
  const tap = { type: 'tap', id: 'network', ifname: lan.tap, script: 'no', downscript: 'no' };
  return ['-netdev', JSON.stringify(tap), '-device', firmware === 'uefi' ? `${card},romfile=` : card];
}
