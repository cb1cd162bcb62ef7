/** Boots an image under plain QEMU, without the product: what its own loading is measured against. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { waitForBanner } from './ssh-banner.ts';

export interface BootOptions {
  /** A qcow2 file. Nothing is written to it, unless `keep` says so. */
  readonly image: string;
  /** What the guest writes stays in the image. */
  readonly keep?: boolean;
  readonly seed?: string;
  /** Where its SSH is forwarded to; a free port unless told. */
  readonly port?: number;
  /** MB. */
  readonly memory?: number;
  /** Milliseconds until the guest must have greeted. */
  readonly timeoutMs?: number;
  /** QEMU's words for its network, by the port where its SSH is forwarded to; the card names `netdev=network`. */
  readonly network?: (sshPort: number) => readonly string[];
  readonly extra?: readonly string[];
}

export interface PlainGuest {
  readonly port: number;
  /** From the start of QEMU to the SSH greeting. */
  readonly bannerMs: number;
  readonly process: ChildProcess;
  /** What the serial console has said so far. */
  console(): Promise<string>;
  /** A QMP command, e.g. `system_powerdown`. */
  qmp(command: string): void;
  /** Ends it, if it has not ended by itself. */
  stop(): Promise<void>;
}

/** Rejects, with the console's end in the message, when no SSH server greets in time. */
export async function bootPlain(options: BootOptions): Promise<PlainGuest> {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-boot-'));
  const port = options.port ?? (await freePort());
  const serial = join(folder, 'serial');
  const started = performance.now();
  const qemu = spawn('qemu-system-x86_64', machine(options, port, serial), {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  qemu.stdin.write('{"execute":"qmp_capabilities"}\n');
  const readConsole = () => readFile(serial, 'utf8').catch(() => '');
  const stop = async () => {
    if (qemu.exitCode === null && qemu.signalCode === null) {
      qemu.kill('SIGKILL');
      await once(qemu, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitForBanner(port, AbortSignal.timeout(options.timeoutMs ?? 30_000));
  } catch (cause) {
    const said = (await readConsole()).slice(-1500);
    await stop();
    throw new Error(`the guest did not greet in time; its console ended with: ${said}`, { cause });
  }
  return {
    port,
    bannerMs: performance.now() - started,
    process: qemu,
    console: readConsole,
    qmp: (command) => qemu.stdin.write(`{"execute":"${command}"}\n`),
    stop,
  };
}

function machine(options: BootOptions, port: number, serial: string): string[] {
  const snapshot = options.keep === true ? '' : ',snapshot=on';
  const seed =
    options.seed === undefined ? [] : ['-drive', `file=${options.seed},if=virtio,format=raw,readonly=on`];
  return [
    ...['-accel', 'tcg', '-machine', 'q35', '-cpu', 'Nehalem,+rdrand', '-m', String(options.memory ?? 192)],
    ...['-nodefaults', '-display', 'none', '-serial', `file:${serial}`, '-qmp', 'stdio', '-boot', 'menu=off'],
    ...['-drive', `file=${options.image},if=virtio,format=qcow2,cache=unsafe${snapshot}`, ...seed],
    ...(options.network ?? onlySsh)(port),
    ...['-device', 'virtio-net-pci,netdev=network,romfile=', ...(options.extra ?? [])],
  ];
}

const onlySsh = (port: number) => [
  '-netdev',
  `user,id=network,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`,
];
