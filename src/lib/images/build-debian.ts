/**
 * Builds the image `debian`: a whole Debian 12 with systemd, OpenSSH, cloud-init, sudo, python and git, which boots under
 * SeaBIOS and takes its identity from a seed disk. Takes minutes; needs root or user namespaces.
 */
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecOptions } from '../exec.ts';
import { ExecError } from '../exec.ts';
import { shellWord } from '../shell-word.ts';
import type { BuildOptions, BuiltImage } from './build-options.ts';
import { ImageBuildError, requireTools, runTool, runToolAsRoot } from './image-tools.ts';
import { convertDisk, requireDiskTools, writePartitionedDisk } from './partitioned-disk.ts';

const isRoot = process.getuid?.() === 0;
const own = fileURLToPath(new URL('./debian/', import.meta.url));
const tinyFiles = fileURLToPath(new URL('./tiny/root', import.meta.url));
const packages = [
  ...[
    'linux-image-cloud-amd64',
    'initramfs-tools',
    'lz4',
    'zstd',
    'systemd-sysv',
    'systemd-resolved',
    'udev',
  ],
  ...['dbus', 'libpam-systemd', 'openssh-server', 'cloud-init', 'cloud-guest-utils', 'fdisk', 'e2fsprogs'],
  ...['sudo', 'passwd', 'iproute2', 'iputils-ping', 'netbase', 'ca-certificates', 'procps', 'less', 'nano'],
  ...['bash', 'bash-completion', 'curl', 'git', 'python3', 'python3-pip', 'python3-venv'],
];
const leftOut = ['/usr/share/man/*', '/usr/share/locale/*', '/usr/share/doc/*'];

/**
 * Writes `<outDir>/debian.qcow2`; it appears under that name only when it is whole. Throws ImageBuildError when something is
 * missing here, and signal.reason when aborted.
 */
export async function buildDebian(options: BuildOptions): Promise<BuiltImage> {
  requireDiskTools();
  requireTools('mmdebstrap', 'tar');
  if (!isRoot) requireTools('newuidmap');
  const work = await mkdtemp(join(tmpdir(), 'labrador-debian-'));
  try {
    return await buildIn(work, options);
  } finally {
    // what was killed a moment ago may still write
    await rm(work, { recursive: true, force: true, maxRetries: 20 });
  }
}

async function buildIn(work: string, options: BuildOptions): Promise<BuiltImage> {
  const { progress = () => undefined } = options;
  const run: ExecOptions = { signal: options.signal, timeoutMs: 30 * 60_000 };
  await installPackages(work, { ...run, onStderr: stagesTo(progress) });

  progress('unpacking');
  const root = join(work, 'root');
  const owners = join(work, 'owners');
  await mkdir(root, { mode: 0o755 });
  const unpack = ['-C', root, '--numeric-owner', '-xpf', join(work, 'root.tar'), '--exclude', './dev/*'];
  await runToolAsRoot('tar', unpack, run, owners);
  const bootFiles = await copyBootFiles(root, join(work, 'boot'));

  progress('writing the disk');
  const raw = join(work, 'disk.raw');
  const plan = {
    file: raw,
    firmware: 'bios' as const,
    bootFiles,
    bootSize: 127,
    rootFolder: root,
    rootSize: 8 * 1024 - 128,
    owners,
  };
  await writePartitionedDisk(plan, run);
  const file = join(options.outDir, 'debian.qcow2');
  await convertDisk(raw, file, run);
  return { file, memory: 768 };
}

/** What it mounts and starts as root ends with it: the computer's own `/sys` would stay in the folder of one that was killed. */
const alone = ['--mount', '--pid', '--fork', '--kill-child', '--'];

/** Into `<work>/root.tar`. */
async function installPackages(work: string, run: ExecOptions): Promise<void> {
  const args = [
    ...[`--mode=${isRoot ? 'root' : 'unshare'}`, '--variant=minbase', '--components=main'],
    '--aptopt=Acquire::Languages "none"',
    '--dpkgopt=force-unsafe-io',
    ...leftOut.map((path) => `--dpkgopt=path-exclude=${path}`),
    `--include=${packages.join(',')}`,
    `--customize-hook=${shellWord(join(own, 'customize.sh'))} "$1" ${shellWord(tinyFiles)}`,
    ...['bookworm', join(work, 'root.tar')],
  ];
  const made = isRoot
    ? runTool('unshare', [...alone, 'mmdebstrap', ...args], { ...run, env: { TMPDIR: work } })
    : runTool('mmdebstrap', args, run);
  await made.catch((error: unknown) => {
    if (!(error instanceof ExecError)) throw error;
    throw new ImageBuildError(`Debian could not be installed into a folder: ${reasonOf(error.stderr)}`, {
      cause: error,
    });
  });
}

/** mmdebstrap says what it begins, e.g. `I: extracting archives...`. */
function stagesTo(progress: (step: string) => void): (text: string) => void {
  return (text) => {
    for (const [, stage = ''] of text.matchAll(/^I: ((?:download|extract|install)ing .*?)(?:\.{3})?$/gm))
      progress(stage);
  };
}

function reasonOf(stderr: string): string {
  if (/unshare|user namespace|newuidmap|subuid|chroot mode/i.test(stderr)) {
    return 'this needs root, or user namespaces for ordinary users (lines for this user in /etc/subuid and /etc/subgid; sysctl kernel.unprivileged_userns_clone=1)';
  }
  const errors = stderr.split('\n').filter((line) => line.startsWith('E:'));
  return (errors.length > 0 ? errors : stderr.trim().split('\n')).slice(-3).join(' ');
}

async function copyBootFiles(root: string, boot: string): Promise<string[]> {
  await mkdir(boot);
  for (const [name, prefix] of Object.entries({ vmlinuz: 'vmlinuz-', initrd: 'initrd.img-' })) {
    const source = (await readdir(join(root, 'boot'))).find((entry) => entry.startsWith(prefix));
    if (source === undefined) throw new ImageBuildError(`The system that was installed has no ${prefix}...`);
    await cp(join(root, 'boot', source), join(boot, name));
  }
  await cp(join(own, 'syslinux.cfg'), join(boot, 'syslinux.cfg'));
  return ['vmlinuz', 'initrd', 'syslinux.cfg'].map((name) => join(boot, name));
}
