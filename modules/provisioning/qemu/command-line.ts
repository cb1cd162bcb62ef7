/** The QEMU command line of a guest: nothing that was not asked for, every format named, everything it opens in its folder. */
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import type { Accelerator } from '../shared/accelerator.ts';
import { cpuModel } from '../shared/accelerator.ts';
import type { ImageFile } from '../shared/image-file.ts';
import { bridgeMac, tapName } from './bridge.ts';
import { fileNames, guestFiles } from './guest-files.ts';
import { managementNetwork } from './network.ts';
import type { QemuSettings } from './settings.ts';
import { wireCard } from './wire.ts';

export interface GuestPlan {
  readonly context: Pick<
    ProvisioningContext<QemuSettings>,
    'installation' | 'directory' | 'node' | 'pool' | 'settings'
  >;
  readonly accelerator: Accelerator;
  readonly image: ImageFile;
  /** The numeric user it runs as; null: as we do. */
  readonly user: number | null;
}

export function commandLine({ context, accelerator, image, user }: GuestPlan): string[] {
  const { node, settings, pool } = context;
  const files = guestFiles(context);
  return [
    ...[
      '-name',
      `guest=${files.artefact}`,
      '-pidfile',
      files.path('pid'),
      '-nodefaults',
      '-no-user-config',
      '-display',
      'none',
    ],
    ...['-accel', accelerator, '-machine', 'q35,sata=off,smbus=off,vmport=off'],
    ...['-cpu', cpuModel(accelerator, settings), '-smp', String(node.cpus), '-m', `${node.memoryMb}M`],
    ...(settings.firmware === '' ? [] : ['-bios', settings.firmware]),
    ...['-boot', 'menu=off,strict=on', '-rtc', 'base=utc'],
    // Switched off from inside, it stays to say so: a guest that is gone has crashed.
    '-no-shutdown',
    ...disks(image),
    ...network(context),
    ...bridge(context),
    ...['-object', 'rng-random,id=random,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=random'],
    ...wireCard(node.mac),
    ...sockets(),
    ...confinement(user, pool.reach === 'web'),
  ];
}

/**
 * Every layer is spelt out: QEMU neither guesses a format nor follows what a file says about files behind it.
 * A disk that fills up pauses the guest; it goes on when there is room again.
 */
function disks(image: ImageFile): string[] {
  const disk = {
    driver: 'qcow2',
    'node-name': 'disk',
    discard: 'unmap',
    file: { driver: 'file', filename: fileNames.disk, discard: 'unmap' },
    backing: {
      driver: image.format,
      ...(image.format === 'qcow2' ? { backing: null } : {}),
      'read-only': true,
      file: { driver: 'file', filename: image.file, 'read-only': true },
    },
  };
  const seed = {
    driver: 'raw',
    'node-name': 'seed',
    'read-only': true,
    file: { driver: 'file', filename: fileNames.seed, 'read-only': true },
  };
  return [
    ...['-blockdev', JSON.stringify(disk), '-blockdev', JSON.stringify(seed)],
    ...['-device', 'virtio-blk-pci,drive=disk,bootindex=0,werror=enospc,rerror=report'],
    ...['-device', 'virtio-blk-pci,drive=seed'],
  ];
}

/**
 * The card hangs on a hub, so that the network behind it can be replaced (and with it every connection cut). The hub's
 * third port leads nowhere: without it what the guest sends meanwhile would stop its card for good.
 */
function network({ node, pool }: GuestPlan['context']): string[] {
  const { user, hub } = managementNetwork(pool.reach, []);
  return [
    ...['-netdev', JSON.stringify(user), '-netdev', JSON.stringify(hub)],
    ...['-netdev', 'hubport,id=nowhere,hubid=0', '-netdev', 'hubport,id=card,hubid=0'],
    ...['-device', `virtio-net-pci,netdev=card,mac=${node.mac},romfile=`],
  ];
}

function bridge(context: GuestPlan['context']): string[] {
  if (context.settings.network !== 'bridge') return [];
  const tap = tapName(guestFiles(context).artefact);
  return [
    ...['-netdev', `tap,id=bridge,ifname=${tap},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=bridge,mac=${bridgeMac(context.node.mac)},romfile=`],
  ];
}

function sockets(): string[] {
  const socket = 'server=on,wait=off';
  return [
    ...['-chardev', `socket,id=qmp,path=${fileNames.qmp},${socket}`, '-mon', 'chardev=qmp,mode=control'],
    '-chardev',
    `socket,id=console,path=${fileNames.console},${socket},logfile=${fileNames.consoleLog},logappend=on`,
    ...['-serial', 'chardev:console'],
  ];
}

/** Only a guest with the web may start a program: the one that carries its connections to the gateway's socket. */
function confinement(user: number | null, mayStartPrograms: boolean): string[] {
  const spawn = mayStartPrograms ? '' : 'spawn=deny,';
  return [
    ...['-sandbox', `on,obsolete=deny,${spawn}resourcecontrol=deny`],
    ...(user === null ? [] : ['-runas', `${user}:${user}`]),
  ];
}
