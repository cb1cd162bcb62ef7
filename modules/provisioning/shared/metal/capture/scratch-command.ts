/** The command line of a scratch guest. */

import { access } from 'node:fs/promises';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { chooseAccelerator, cpuModel } from '../../accelerator.ts';
import { diskOf } from '../fits.ts';
import type { Metal } from '../metal.ts';
import type { ReadDisk } from '../ways/way.ts';

export interface ScratchPlan {
  readonly context: Metal['context'];
  /** The real machine, as an agent found it. */
  readonly machine: ReadDisk['machine'];
  /** A folder of one's own. */
  readonly work: string;
  readonly disk: { readonly file: string; readonly format: 'raw' | 'qcow2' };
  /** What of, for sentences and for its identity. */
  readonly called: 'copy' | 'image';
}

/** Names in its folder. QEMU is started in it, so that it needs no path to it. */
export const scratchFiles = {
  layer: 'layer.qcow2',
  seed: 'seed.img',
  qmp: 'qmp',
  console: 'console.log',
} as const;

/** Debian's package ovmf. */
const uefiFirmware = '/usr/share/ovmf/OVMF.fd';

/** The most that it takes of this computer's memory; a system that needs more to come up cannot be tried. */
const mostMemoryMb = 2048;

/** Under root, it runs as a numeric user that nobody else may have. */
const scratchUser = 61_199;

export async function scratchCommand(plan: ScratchPlan): Promise<string[]> {
  const { context, machine } = plan;
  const accelerator = await chooseAccelerator({ accelerator: 'auto' });
  const memory = Math.min(context.node.memoryMb, mostMemoryMb);
  return [
    ...['-name', 'guest=scratch', '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-accel', accelerator, '-machine', 'q35', '-cpu', cpuModel(accelerator, { cpu: '' }), '-smp', '1'],
    ...['-m', `${memory}M`, '-boot', 'menu=off,strict=on', '-rtc', 'base=utc'],
    ...(machine.firmware === 'uefi' ? ['-bios', await needUefiFirmware()] : []),
    ...disks(plan),
    ...network(plan),
    ...['-object', 'rng-random,id=random,filename=/dev/urandom', '-device', 'virtio-rng-pci,rng=random'],
    ...['-chardev', `file,id=serial,path=${scratchFiles.console}`, '-serial', 'chardev:serial'],
    ...[
      '-chardev',
      `socket,id=qmp,path=${scratchFiles.qmp},server=on,wait=off`,
      '-mon',
      'chardev=qmp,mode=control',
    ],
    ...['-sandbox', 'on,obsolete=deny,spawn=deny,resourcecontrol=deny'],
    ...(process.getuid?.() === 0 ? ['-runas', `${scratchUser}:${scratchUser}`] : []),
  ];
}

/** Its file. `refused` where it is not installed. */
export async function needUefiFirmware(): Promise<string> {
  await access(uefiFirmware).catch((cause: unknown) => {
    throw new ModuleError(
      'refused',
      'Not installed on this computer: the firmware for UEFI. Run: apt-get install ovmf',
      {
        cause,
      },
    );
  });
  return uefiFirmware;
}

/** Of the kind that the real machine has: no system has the drivers of every other. */
const diskDevices: readonly (readonly [RegExp, (drive: string) => string])[] = [
  [/^nvme/, (drive) => `nvme,drive=${drive},serial=${drive}`],
  [/^[sh]d/, (drive) => `ide-hd,drive=${drive}`],
  [/./, (drive) => `virtio-blk-pci,drive=${drive}`],
];

/** Every layer is spelt out: no format is guessed, no name followed. */
function disks({ disk, machine }: ScratchPlan): string[] {
  const layer = {
    driver: 'qcow2',
    'node-name': 'disk',
    discard: 'unmap',
    file: { driver: 'file', filename: scratchFiles.layer, discard: 'unmap' },
    backing: {
      driver: disk.format,
      ...(disk.format === 'qcow2' ? { backing: null } : {}),
      'read-only': true,
      file: { driver: 'file', filename: disk.file, 'read-only': true },
    },
  };
  const seed = {
    driver: 'raw',
    'node-name': 'seed',
    'read-only': true,
    file: { driver: 'file', filename: scratchFiles.seed, 'read-only': true },
  };
  const name = diskOf(machine)?.name ?? 'vda';
  const [, device] = diskDevices.find(([shape]) => shape.test(name)) ?? [];
  return [
    ...['-blockdev', JSON.stringify(layer), '-blockdev', JSON.stringify(seed)],
    ...['-device', `${device?.('disk')},bootindex=0`, '-device', `${device?.('seed')}`],
  ];
}

/** What stands for every card that nobody emulates: the one with the most drivers. */
const usualCard = 'e1000e';
const cards: Readonly<Record<string, string>> = { virtio_net: 'virtio-net-pci', e1000: 'e1000' };

function network({ context, machine }: ScratchPlan): string[] {
  const user = {
    type: 'user',
    id: 'network',
    restrict: true,
    ipv6: false,
    hostfwd: [{ str: 'tcp:127.0.0.1:0-10.0.2.15:22' }],
  };
  const card = cardOf(machine, context.node.mac.toLowerCase());
  return [
    '-netdev',
    JSON.stringify(user),
    '-device',
    `${card},netdev=network,mac=${context.node.mac},romfile=`,
  ];
}

function cardOf({ nics }: ScratchPlan['machine'], mac: string): string {
  const driver = nics.find((nic) => nic.mac === mac)?.driver ?? 'virtio_net';
  return cards[driver] ?? usualCard;
}
