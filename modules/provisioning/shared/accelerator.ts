/** Whether KVM works: found out by really running code in a guest, since /dev/kvm being there proves nothing. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecError, exec } from '../../../src/lib/exec.ts';

export type Accelerator = 'kvm' | 'tcg';

export const qemuProgram = 'qemu-system-x86_64';

/** A firmware of 64 KB whose first instructions end QEMU with exit status 33: mov al,0x10; out 0xf4,al; hlt. */
const probeCode = Buffer.from([0xb0, 0x10, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd]);
const resetVector = 0xfff0;
const exitStatus = 33;

let probed: Promise<Accelerator> | undefined;

/** What guests run with; `auto` is found out once per process. */
export function chooseAccelerator({
  accelerator,
}: {
  readonly accelerator: Accelerator | 'auto';
}): Promise<Accelerator> {
  if (accelerator !== 'auto') return Promise.resolve(accelerator);
  probed ??= kvmWorks().then((works) => (works ? 'kvm' : 'tcg'));
  return probed;
}

/** The processor model: under emulation one that has what today's distributions ask for, and nothing that slows them down. */
export function cpuModel(accelerator: Accelerator, { cpu }: { readonly cpu: string }): string {
  if (cpu !== '') return cpu;
  return accelerator === 'kvm' ? 'host' : 'Nehalem,+rdrand';
}

async function kvmWorks(): Promise<boolean> {
  return (await triedOut('kvm', 'host')) === null;
}

/** Runs code in a guest for a moment: null when it ran, else what QEMU says. */
export async function triedOut(
  accelerator: Accelerator,
  cpu: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-probe-'));
  try {
    const firmware = join(folder, 'probe.bin');
    const content = Buffer.alloc(64 * 1024, 0x90);
    probeCode.copy(content, resetVector);
    await writeFile(firmware, content);
    await exec(qemuProgram, probeArguments(accelerator, cpu, firmware), { timeoutMs: 5_000, signal });
    return 'it ended without having run anything';
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    return error.code === exitStatus ? null : saidBy(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function saidBy({ stderr, code }: ExecError): string {
  const last =
    stderr
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^qemu-system-x86_64: |[.]+$/g, '') ?? '';
  return last || (code === null ? 'it did not run within 5 s' : `it ended with ${code}`);
}

function probeArguments(accelerator: Accelerator, cpu: string, firmware: string): string[] {
  return [
    ...['-accel', accelerator, '-machine', 'q35', '-cpu', cpu, '-m', '16', '-nodefaults', '-display', 'none'],
    ...['-bios', firmware, '-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
  ];
}
