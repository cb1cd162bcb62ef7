/** What *Test* tries of a pool: for real, with what its machines would use, and nothing is left of it. */
import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import type { PoolCheck } from '../../../src/domain/contracts/provisioning.ts';
import type { PoolCheckContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { cpuModel, qemuProgram, triedOut } from '../shared/accelerator.ts';
import { fine, warning, wrong } from '../shared/checks.ts';
import { versionOf } from '../shared/version-of.ts';
import { checkAddresses } from './check-addresses.ts';
import { checkBridge } from './check-bridge.ts';
import type { QemuSettings } from './settings.ts';

type Context = PoolCheckContext<QemuSettings>;

export async function check_pool(context: Context): Promise<readonly PoolCheck[]> {
  context.signal.throwIfAborted();
  const programs = await checkPrograms(context);
  const installed = programs.every(({ result }) => result !== 'wrong');
  const checks = [
    ...programs,
    ...(installed ? await checkProcessor(context) : []),
    ...(await checkFirmware(context)),
    ...(await checkBridge(context)),
    ...(await checkAddresses(context)),
    await checkDisk(context),
    checkMemory(context),
  ];
  context.signal.throwIfAborted();
  return checks;
}

async function checkPrograms({ reach, signal }: Context): Promise<PoolCheck[]> {
  const [version, images, socat] = await Promise.all([
    versionOf(qemuProgram, '--version', signal),
    versionOf('qemu-img', '--version', signal),
    reach === 'web' ? versionOf('socat', '-V', signal) : 'not needed',
  ]);
  const missing = [
    ...(version === null ? ['qemu-system-x86'] : []),
    ...(images === null ? ['qemu-utils'] : []),
    ...(socat === null ? ['socat'] : []),
  ];
  if (missing.length === 0) return [fine('QEMU', `QEMU ${version} is installed.`)];
  const says = `Not installed on this computer: ${missing.join(', ')}.`;
  return [wrong('QEMU', says, `apt-get install ${missing.join(' ')}`)];
}

/** A guest really runs for a moment with what the settings say. */
async function checkProcessor({ settings, signal }: Context): Promise<PoolCheck[]> {
  const name = 'Processors';
  const run = (accelerator: 'kvm' | 'tcg') => triedOut(accelerator, cpuModel(accelerator, settings), signal);
  const kvm = settings.accelerator === 'tcg' ? null : await run('kvm');
  if (settings.accelerator !== 'tcg' && kvm === null)
    return [fine(name, 'A machine started with KVM, on the processors of this computer.')];
  if (settings.accelerator === 'kvm') return [wrong(name, `No machine starts with KVM: ${kvm}.`, kvmMend)];
  const tcg = await run('tcg');
  if (tcg !== null)
    return [
      wrong(
        name,
        `No machine starts: ${tcg}.`,
        'Look at the setting cpu: "qemu-system-x86_64 -cpu help" lists the models.',
      ),
    ];
  if (settings.accelerator === 'tcg')
    return [fine(name, 'A machine started; its processors are emulated, as the settings say.')];
  return [
    warning(
      name,
      `A machine started, but its processors are emulated, which is many times slower: with KVM ${kvm}.`,
      kvmMend,
    ),
  ];
}

const kvmMend =
  'Switch virtualisation on in the firmware of this computer, and let Labrador open /dev/kvm (its user in the group kvm).';

async function checkFirmware({ settings: { firmware } }: Context): Promise<PoolCheck[]> {
  if (firmware === '') return [];
  const name = 'Firmware';
  try {
    await access(firmware, constants.R_OK);
    return [fine(name, `${firmware} can be read.`)];
  } catch {
    return [
      wrong(name, `${firmware} cannot be read.`, 'Name a file that is there, or none: then it is SeaBIOS.'),
    ];
  }
}

const gigabyte = 1024 ** 3;
const leastFree = 1;

async function checkDisk({ directory, nodes }: Context): Promise<PoolCheck> {
  const name = 'Disk';
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK);
  } catch (error) {
    const says = `The disks of machines cannot be written: ${(error as Error).message}.`;
    return wrong(name, says, 'Let Labrador write in its data directory.');
  }
  const { bavail, bsize } = await statfs(directory);
  const free = (bavail * bsize) / gigabyte;
  const most = nodes.reduce((sum, { diskMb }) => sum + diskMb, 0) / 1024;
  const says = `${gigabytes(free)} are free; the disks of its ${nodes.length} machines may grow to ${gigabytes(most)}.`;
  if (free < leastFree) return wrong(name, says, 'Make room, or give the data directory a larger disk.');
  if (free < most)
    return warning(name, says, 'Make room before all are in use: a machine whose disk is full stands still.');
  return fine(name, says);
}

function checkMemory({ nodes }: Context): PoolCheck {
  const name = 'Memory';
  const here = totalmem() / gigabyte;
  const most = nodes.reduce((sum, { memoryMb }) => sum + memoryMb, 0) / 1024;
  const says = `This computer has ${gigabytes(here)}; its ${nodes.length} machines together take up to ${gigabytes(most)}.`;
  if (most <= here) return fine(name, says);
  return warning(name, says, 'Give them less, or have fewer: when all are on, this computer runs out of it.');
}

function gigabytes(amount: number): string {
  return `${amount < 10 ? Math.round(amount * 10) / 10 : Math.round(amount)} GB`;
}
