/**
 * Builds the imaging agent: the kernel and the initramfs that a machine of its own starts from the network to have its
 * disk written. Made of Debian packages and what lies in `agent/`, as any user.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  cp,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExecOptions, exec } from '../exec.ts';
import { agentDrivers } from './agent-drivers.ts';
import { packFolder } from './cpio-folder.ts';
import { dependencyOf, fetchPackages } from './debian-packages.ts';
import { ImageBuildError, requireTools, runTool } from './image-tools.ts';
import { copyModules, loadOrder, packModules, readModuleNeeds } from './kernel-modules.ts';

/** `generic` has the drivers of real servers; `cloud` is smaller and has those of virtual machines. */
export const agentKernels = { generic: 'linux-image-amd64', cloud: 'linux-image-cloud-amd64' } as const;
export type AgentKernel = keyof typeof agentKernels;

export interface AgentOptions {
  readonly kernel: AgentKernel;
  /** Each build lies in a folder of its own below, named after what went into it. */
  readonly outDir: string;
  /** Where downloaded packages are kept for the next time. */
  readonly cacheDir?: string;
  readonly signal?: AbortSignal;
}

export interface BuiltAgent {
  readonly kernel: string;
  readonly initramfs: string;
  /** All modules of that kernel, as a file system: for systems that run on it instead of one of their own. */
  readonly modules: string;
  /** What else an agent needs that reads a disk, and fetches for that alone: a packed archive of files for its root. */
  readonly captureTools: string;
}

const own = fileURLToPath(new URL('./agent/', import.meta.url));
const ownFiles = [
  'init',
  'inventory',
  'clean-disks',
  'erase',
  'load',
  'clean',
  'inspect',
  'netroot',
  'capture',
  'send',
  'dhcp',
];
const packages = [
  ...['busybox-static', 'zstd', 'util-linux', 'libc6', 'liblz4-1', 'liblzma5', 'zlib1g'],
  ...['hdparm', 'memtester', 'sg3-utils'],
  // nbd-client can speak TLS, and so brings what that needs.
  ...['nbd-client', 'libnl-3-200', 'libnl-genl-3-200', 'libgnutls30', 'libp11-kit0', 'libffi8', 'libidn2-0'],
  ...['libunistring2', 'libtasn1-6', 'libnettle8', 'libhogweed6', 'libgmp10'],
];
/** Of packages of their own. This fallocate takes ranges of a disk away, unlike that of busybox. */
const programs = ['zstd', 'fallocate', 'nbd-client', 'hdparm', 'memtester', 'sg_raw'];
const libraries = [
  ...['libc.so.6', 'liblz4.so.1', 'liblzma.so.5', 'libz.so.1', 'libnl-3.so.200', 'libnl-genl-3.so.200'],
  ...['libgnutls.so.30', 'libp11-kit.so.0', 'libffi.so.8', 'libidn2.so.0', 'libunistring.so.2'],
  ...['libtasn1.so.6', 'libnettle.so.8', 'libhogweed.so.6', 'libgmp.so.10'],
];
const loader = 'ld-linux-x86-64.so.2';

const capturePackages = [
  ...['partclone', 'libext2fs2', 'libcom-err2', 'libntfs-3g89', 'libuuid1', 'libblkid1'],
  ...['libncursesw6', 'libtinfo6', 'libssl3', 'libgcc-s1'],
];
const capturePrograms = ['extfs', 'fat', 'xfs', 'btrfs', 'ntfs'].map((system) => `partclone.${system}`);
/** The last one is loaded by the C library itself when a thread ends. */
const captureLibraries = [
  ...['libext2fs.so.2', 'libcom_err.so.2', 'libntfs-3g.so.89', 'libuuid.so.1', 'libblkid.so.1'],
  ...['libncursesw.so.6', 'libtinfo.so.6', 'libcrypto.so.3', 'libgcc_s.so.1'],
];

/** Returns the build of what is there now, which an earlier call may have made. Throws ImageBuildError. */
export async function buildAgent(options: AgentOptions): Promise<BuiltAgent> {
  requireTools('apt-get', 'apt-cache', 'depmod', 'dpkg-deb', 'mke2fs', 'zstd');
  const run: ExecOptions = { signal: options.signal };
  const cache = options.cacheDir ?? join(homedir(), '.cache', 'labrador', 'packages');
  const image = await dependencyOf(cache, agentKernels[options.kernel], 'linux-image-', run);
  const scsi = await dependencyOf(cache, 'sg3-utils', 'libsgutils2-', run);
  const files = await fetchPackages(cache, [image, scsi, ...packages, ...capturePackages], run);
  const folder = join(options.outDir, `agent-${await digestOf(files)}`);
  const file = (name: string) => join(folder, name);
  const built = {
    kernel: file('kernel'),
    initramfs: file('initramfs'),
    modules: file('modules'),
    captureTools: file('capture-tools'),
  };
  if (await exists(built.initramfs)) return built;
  const work = await mkdtemp(join(tmpdir(), 'labrador-agent-'));
  try {
    await buildIn(work, files, { release: image.replace('linux-image-', ''), scsi }, run);
    await keep(join(work, 'built'), folder);
    return built;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Of the packages' names, which hold their versions, and of our own part. */
async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(files.map((file) => basename(file)).join('\n'));
  const code = ['./build-agent.ts', './agent-drivers.ts', './kernel-modules.ts'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  const sources = [...ownFiles.map((name) => join(own, name)), ...code];
  for (const source of sources) hash.update(await readFile(source));
  return hash.digest('hex').slice(0, 16);
}

/** Names that change with Debian's releases: of the kernel, and of the package of SCSI's library. */
interface Versions {
  readonly release: string;
  readonly scsi: string;
}

async function buildIn(
  work: string,
  files: readonly string[],
  { release, scsi }: Versions,
  run: ExecOptions,
): Promise<void> {
  const [kernelPackage = '', ...others] = files;
  const [unpacked, root] = [join(work, 'unpacked'), join(work, 'root')];
  await runTool('dpkg-deb', ['-x', kernelPackage, join(work, 'kernel')], run);
  for (const file of others) await runTool('dpkg-deb', ['-x', file, unpacked], run);
  await fillRoot(unpacked, root, [...libraries, soname(scsi)], run);

  const tree = { root: join(work, 'kernel'), release, busybox: join(root, 'bin/busybox') };
  const needs = await readModuleNeeds(tree, run);
  await copyModules(tree, loadOrder(needs, agentDrivers(needs)), root, run);

  const built = join(work, 'built');
  await mkdir(built);
  await cp(join(tree.root, 'boot', `vmlinuz-${release}`), join(built, 'kernel'));
  await pack(root, join(built, 'initramfs'), run);
  await packModules(tree, join(built, 'modules'), run);

  const tools = join(work, 'tools');
  await copyDynamic(unpacked, tools, capturePrograms, captureLibraries);
  await pack(tools, join(built, 'capture-tools'), run);
}

async function pack(folder: string, to: string, run: ExecOptions): Promise<void> {
  const archive = `${folder}.cpio`;
  await writeFile(archive, await packFolder(folder));
  await runTool('zstd', ['-q', '-T0', '-12', archive, '-o', to], run);
}

/** Programs with the libraries that they need, started as `startDynamic` says. */
async function copyDynamic(
  unpacked: string,
  root: string,
  names: readonly string[],
  needed: readonly string[],
): Promise<void> {
  for (const folder of ['bin', 'dynamic']) await mkdir(join(root, folder), { recursive: true });
  for (const name of [...names, ...needed]) {
    await cp(await findIn(unpacked, name), join(root, 'dynamic', name));
  }
  for (const name of names) await writeFile(join(root, 'bin', name), startDynamic(name));
}

/** `libsgutils2-1.46-2` has `libsgutils2-1.46.so.2`. */
function soname(scsi: string): string {
  return scsi.replace(/-(\d+)$/, '.so.$1');
}

async function fillRoot(
  unpacked: string,
  root: string,
  needed: readonly string[],
  run: ExecOptions,
): Promise<void> {
  for (const folder of ['dev', 'proc', 'run', 'sys']) await mkdir(join(root, folder), { recursive: true });
  await copyDynamic(unpacked, root, programs, [...needed, loader]);
  await cp(await findIn(unpacked, 'busybox'), join(root, 'bin/busybox'));
  const { stdout } = await exec(join(root, 'bin/busybox'), ['--list'], run);
  const applets = stdout
    .split('\n')
    .filter((name) => name !== '' && ![...programs, 'busybox'].includes(name));
  await Promise.all(applets.map((name) => symlink('busybox', join(root, 'bin', name))));
  for (const name of ownFiles) await cp(join(own, name), join(root, name === 'init' ? name : `bin/${name}`));
}

/**
 * Libraries lie where nothing looks for them: busybox, which is static, would load those it finds to look up names, and
 * crash when they are of another build than its own.
 */
function startDynamic(name: string): string {
  return `#!/bin/sh\nexec /dynamic/${loader} --library-path /dynamic /dynamic/${name} "$@"\n`;
}

/** A file of the unpacked packages, behind whatever links name it. */
async function findIn(unpacked: string, name: string): Promise<string> {
  const places = [
    'bin',
    'sbin',
    'usr/bin',
    'usr/sbin',
    'lib/x86_64-linux-gnu',
    'usr/lib/x86_64-linux-gnu',
    'lib64',
    'usr/lib64',
  ];
  for (const place of places) {
    const found = await realpath(join(unpacked, place, name)).catch(() => null);
    if (found?.startsWith(`${await realpath(unpacked)}/`)) return found;
  }
  throw new ImageBuildError(`The Debian packages of the imaging agent have no ${name}`);
}

/** Another process may have made the same in the meantime: that is as good. */
async function keep(built: string, folder: string): Promise<void> {
  const part = `${folder}.${randomUUID()}.part`;
  await mkdir(dirname(folder), { recursive: true });
  await cp(built, part, { recursive: true });
  await rename(part, folder).catch(async (error: unknown) => {
    await rm(part, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  });
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
