/** A machine of its own, made of QEMU alone: an empty disk, a card that starts from the network, and one way to a socket. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { doorsAddress, userNetwork } from '../../src/cli/rack/user-network.ts';
import { freePort } from './free-port.ts';

/** Where the machine finds the image server: QEMU carries it to the socket. */
export const imageServerAddress = doorsAddress;

export interface BareNodeOptions {
  /** The folder of all machines' sockets; this one's is made below. */
  readonly sockets: string;
  readonly mac: string;
  readonly diskMb: number;
  /** QEMU's name of the network card; virtio unless told. */
  readonly card?: string;
  /** More of QEMU's words: other disks. They are started in the machine's folder. */
  readonly more?: readonly string[];
}

export interface BareNode {
  readonly mac: string;
  /** Of this computer, forwarded to its SSH. */
  readonly port: number;
  readonly disk: string;
  /** Starts once from the network, then from the disk; `always`: every time from the network. */
  powerOn(network: 'once' | 'always' | 'never'): Promise<void>;
  powerOff(): Promise<void>;
  /** Resolves when it has switched itself off. */
  off(signal: AbortSignal): Promise<void>;
  /** What its serial console, or its firmware, has said since it was switched on. */
  console(): Promise<string>;
  firmware(): Promise<string>;
  /** Resolves when the console (or the firmware) says it; rejects with what was said instead. */
  says(pattern: RegExp, signal: AbortSignal, where?: 'console' | 'firmware'): Promise<void>;
}

export async function makeBareNode(options: BareNodeOptions): Promise<BareNode> {
  const folder = join(options.sockets, options.mac.replaceAll(':', '-'));
  await mkdir(folder, { recursive: true });
  const [disk, serial, bios] = ['disk.raw', 'serial.log', 'firmware.log'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const file = await open(disk, 'w');
  await file.truncate(options.diskMb * 1024 ** 2);
  await file.close();
  const port = await freePort();
  let qemu: ChildProcess | null = null;

  const read = (where: 'console' | 'firmware') =>
    readFile(where === 'console' ? serial : bios, 'utf8').catch(() => '');

  async function powerOff(): Promise<void> {
    if (qemu && qemu.exitCode === null && qemu.signalCode === null) {
      qemu.kill('SIGKILL');
      await once(qemu, 'exit');
    }
    qemu = null;
  }

  async function powerOn(network: 'once' | 'always' | 'never'): Promise<void> {
    await powerOff();
    for (const log of [serial, bios]) await rm(log, { force: true });
    const args = machine(options, { folder, disk, serial, bios, port, network });
    const child = spawn('qemu-system-x86_64', args, { stdio: ['pipe', 'ignore', 'inherit'], cwd: folder });
    qemu = child;
    const say = (command: object) => child.stdin.write(`${JSON.stringify(command)}\n`);
    say({ execute: 'qmp_capabilities' });
    // QEMU looks at the order again at the next reset of the machine: the card comes first this once.
    const later = { path: '/machine/peripheral/card', property: 'bootindex', value: 9 };
    if (network === 'once') say({ execute: 'qom-set', arguments: later });
    await once(child, 'spawn');
  }

  return {
    mac: options.mac,
    port,
    disk,
    powerOn,
    powerOff,
    off: async (signal) => {
      if (qemu?.exitCode === null && qemu.signalCode === null) await once(qemu, 'exit', { signal });
    },
    console: () => read('console'),
    firmware: () => read('firmware'),
    says: async (pattern, signal, where = 'console') => {
      for (let said = ''; !pattern.test(said); said = await read(where)) {
        if (signal.aborted) throw new Error(`the ${where} did not say ${pattern} but: ${said.slice(-1500)}`);
        await after(100);
      }
    },
  };
}

interface Place {
  readonly folder: string;
  readonly disk: string;
  readonly serial: string;
  readonly bios: string;
  readonly port: number;
  readonly network: 'once' | 'always' | 'never';
}

function machine({ mac, card = 'virtio-net-pci', more = [] }: BareNodeOptions, place: Place): string[] {
  const network = userNetwork({
    sshPort: place.port,
    doors: { 80: 'image.sock', 10809: 'nbd.sock' },
    bootfile: `http://${imageServerAddress}/boot.ipxe?mac=${mac}`,
  });
  const first = place.network === 'never' ? 9 : 1;
  return [
    ...['-accel', 'tcg', '-machine', 'q35', '-cpu', 'Nehalem,+rdrand', '-m', '512', '-nodefaults'],
    ...[
      '-display',
      'none',
      '-serial',
      `file:${place.serial}`,
      '-qmp',
      'stdio',
      '-boot',
      'menu=off,strict=on',
    ],
    ...['-chardev', `file,id=bios,path=${place.bios}`, '-device', 'isa-debugcon,iobase=0x402,chardev=bios'],
    ...['-drive', `file=${place.disk},if=none,id=disk,format=raw,cache=unsafe,discard=unmap`],
    ...['-device', 'virtio-blk-pci,drive=disk,bootindex=2'],
    ...network,
    ...['-device', `${card},id=card,netdev=network,mac=${mac},bootindex=${first}`],
    ...['-device', 'virtio-rng-pci'],
    ...more,
  ];
}
