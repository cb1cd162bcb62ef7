import { existsSync, readFileSync } from 'node:fs';

/**
 * The Debian packages each job needs, and the programs that stand for them: a package counts as there when dpkg has it
 * or when all its programs are on the path, so that other systems (and hand-built programs) do as well.
 * A package without a program of its own names none.
 * @typedef {Readonly<Record<string, readonly string[]>>} PackageList
 */

/** Running the embedded default: guests on this machine. @type {PackageList} */
export const run = {
  'qemu-system-x86': ['qemu-system-x86_64'],
  'qemu-utils': ['qemu-img'],
  'openssh-client': ['ssh', 'ssh-keygen'],
  socat: ['socat'],
  'util-linux': ['setpriv', 'prlimit'],
  mtools: ['mformat', 'mcopy'],
};

/** Building the image `tiny`, besides what running needs. @type {PackageList} */
export const imageTiny = {
  dosfstools: ['mkfs.vfat'],
  e2fsprogs: ['mke2fs'],
  syslinux: ['syslinux'],
  'syslinux-common': [],
  ...(process.getuid?.() === 0 ? {} : { fakeroot: ['fakeroot'] }),
};

/** Bare metal, and a rack of it made of software. @type {PackageList} */
export const rack = {
  ipmitool: ['ipmitool'],
  kmod: ['depmod'],
  openipmi: ['ipmi_sim'],
  openssl: ['openssl'],
  zstd: ['zstd'],
};

/** Machines of the rack that start by UEFI. @type {PackageList} */
export const rackUefi = { ovmf: [] };

/** A rack with a network of its own. @type {PackageList} */
export const rackNetwork = { iproute2: ['ip'], 'dnsmasq-base': ['dnsmasq'] };

/** Building the image `debian`, besides what `tiny` needs. @type {PackageList} */
export const imageDebian = {
  mmdebstrap: ['mmdebstrap'],
  ...(process.getuid?.() === 0 ? {} : { uidmap: ['newuidmap'] }),
};

/** What the tests drive besides: the second database engine and a browser. @type {PackageList} */
export const test = {
  'mariadb-server': ['mariadbd', 'mariadb-install-db'],
  [isUbuntu() ? 'chromium-browser' : 'chromium']: ['chromium'],
  iproute2: ['ip'],
  'dnsmasq-base': ['dnsmasq'],
  procps: ['ps'],
};

/** A cluster of the second engine, for the full tests. @type {PackageList} */
export const galera = { 'galera-4': [] };

/** Compiling better-sqlite3 where no ready-made binary fits. @type {PackageList} */
export const compile = {
  'g++': ['g++'],
  make: ['make'],
  python3: ['python3'],
};

function isUbuntu() {
  const file = '/etc/os-release';
  return existsSync(file) && /^ID=ubuntu$/m.test(readFileSync(file, 'utf8'));
}
