/** The root file system of tiny: which packages it is made of, and what is left out and added. */
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type ExecOptions, exec } from '../exec.ts';

/** Debian 12's names: programs first, then the libraries they need. */
export const tinyPackages: readonly string[] = [
  ...['busybox-static', 'dropbear-bin', 'openssh-sftp-server', 'sudo', 'passwd', 'e2fsprogs', 'libc-bin'],
  ...['libc6', 'libgcc-s1', 'libcrypt1', 'libtomcrypt1', 'libtommath1', 'libgmp10', 'zlib1g'],
  ...['libpam0g', 'libpam-modules', 'libaudit1', 'libcap-ng0', 'libselinux1', 'libpcre2-8-0'],
  ...['libsemanage2', 'libsepol2', 'libbz2-1.0', 'libext2fs2', 'libcom-err2', 'libblkid1', 'libuuid1'],
  // pam_unix speaks NIS, and so drags Kerberos in.
  ...[
    'libnsl2',
    'libtirpc3',
    'libgssapi-krb5-2',
    'libkrb5-3',
    'libk5crypto3',
    'libkrb5support0',
    'libkeyutils1',
  ],
  // busybox's own speaks no TLS through a proxy.
  ...['wget', 'ca-certificates', 'libgnutls30', 'libidn2-0', 'libnettle8', 'libhogweed6', 'libpsl5'],
  ...['libp11-kit0', 'libffi8', 'libtasn1-6', 'libunistring2'],
];

const unwanted = [
  ...[
    'usr/share',
    'usr/include',
    'etc/cron.daily',
    'etc/systemd',
    'etc/sudoers.d/README',
    'lib/systemd',
    'usr/lib/tmpfiles.d',
  ],
  ...['usr/lib/x86_64-linux-gnu/gconv', 'usr/lib/systemd', 'usr/lib/dracut', 'var/lib/dpkg', 'lib/udev'],
];
const folders: Readonly<Record<string, number>> = {
  ...Object.fromEntries(['dev', 'proc', 'sys', 'run', 'mnt', 'home'].map((path) => [path, 0o755])),
  ...Object.fromEntries(
    ['etc/skel', 'etc/profile.d', 'etc/dropbear', 'var/log'].map((path) => [path, 0o755]),
  ),
  ...Object.fromEntries(['var/lib/labrador', 'usr/local/bin', 'usr/local/sbin'].map((path) => [path, 0o755])),
  'etc/sudoers.d': 0o750,
  'var/mail': 0o2775,
  root: 0o700,
  tmp: 0o1777,
};
const guarded: Readonly<Record<string, number>> = {
  'etc/shadow': 0o640,
  'etc/gshadow': 0o640,
  'etc/sudoers': 0o440,
};

/** Turns the unpacked packages in `root` into a system that boots. */
export async function fillTinyRoot(root: string, ownFiles: string, options: ExecOptions): Promise<void> {
  await writeAuthorities(root);
  await Promise.all(unwanted.map((path) => rm(join(root, path), { recursive: true, force: true })));
  for (const [path, mode] of Object.entries(folders)) {
    await mkdir(join(root, path), { recursive: true });
    await chmod(join(root, path), mode);
  }
  await copyOwnFiles(ownFiles, root);
  await linkApplets(root, options);
  await symlink('/run', join(root, 'var/run')).catch(() => undefined);
}

/** The certificates that TLS clients trust, as Debian's own script would put them together. */
async function writeAuthorities(root: string): Promise<void> {
  const from = join(root, 'usr/share/ca-certificates/mozilla');
  const names = (await readdir(from)).filter((name) => name.endsWith('.crt')).sort();
  const certificates = await Promise.all(names.map((name) => readFile(join(from, name), 'utf8')));
  const folder = join(root, 'etc/ssl/certs');
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await writeFile(join(folder, 'ca-certificates.crt'), certificates.join('\n'), { mode: 0o644 });
}

/** Copies with modes of its own: what a clone's files have depends on the umask of who cloned. */
async function copyOwnFiles(from: string, root: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const source = join(entry.parentPath, entry.name);
    const path = relative(from, source);
    if (entry.isDirectory()) continue;
    await mkdir(dirname(join(root, path)), { recursive: true, mode: 0o755 });
    await copyFile(source, join(root, path));
    const isProgram = ((await stat(source)).mode & 0o100) !== 0;
    await chmod(join(root, path), guarded[path] ?? (isProgram ? 0o755 : 0o644));
  }
}

/** Links every busybox command whose place no package took. */
async function linkApplets(root: string, options: ExecOptions): Promise<void> {
  const { stdout } = await exec(join(root, 'bin/busybox'), ['--list-full'], options);
  for (const path of stdout
    .split('\n')
    .filter((line) => line !== '' && !/(^|\/)(busybox|dpkg|dpkg-deb|rpm|su)$/.test(line))) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink('/bin/busybox', join(root, path)).catch(() => undefined);
  }
}
