/**
 * A machine's identity, as the files of a NoCloud seed disk: cloud-init reads `meta-data` and `user-data`
 * (https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html), the images built here read the plain files in `tiny/`.
 * Both apply them once per instance id, so a reboot resets nothing.
 */
import { createHash } from 'node:crypto';
import { proxyScript } from './proxy-files.ts';

export interface HostKey {
  readonly type: 'ed25519' | 'ecdsa' | 'rsa';
  /** OpenSSH's own format. */
  readonly private: string;
  /** One line: type, key, comment. */
  readonly public: string;
}

export interface Identity {
  /** Another one for each load: it says to the guest that it is a new machine. */
  readonly instanceId: string;
  readonly hostname: string;
  /** The only key that opens root's account; one line. */
  readonly managementPublicKey: string;
  /** As in /etc/shadow. The password opens root on the console. */
  readonly rootPasswordHash: string;
  readonly hostKeys: readonly HostKey[];
  /** MAC addresses of its network cards, where it has more than the one that every system finds by itself. */
  readonly cards?: readonly string[];
  /** Address of the web proxy, where the pool allows the web. */
  readonly proxy?: string | undefined;
}

/** Path on the seed disk -> content. */
export type SeedFiles = Readonly<Record<string, string>>;

const shapes = {
  instanceId: /^[\w.-]{1,128}$/,
  hostname: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i,
  managementPublicKey: /^[\x20-\x7e]+$/,
  rootPasswordHash: /^[\w$./=,-]+$/,
  proxy: /^http:\/\/[\w.:-]+\/?$/,
} as const;

/** Throws RangeError naming the member that cannot stand on a seed. */
export function seedFiles(identity: Identity): SeedFiles {
  for (const [name, shape] of Object.entries(shapes)) {
    const value = identity[name as keyof typeof shapes];
    if (value !== undefined && !shape.test(value)) throw new RangeError(`identity.${name} is not usable`);
  }
  return {
    'meta-data': json({ 'instance-id': identity.instanceId, 'local-hostname': identity.hostname }),
    ...networkConfig(identity.cards),
    'user-data': `#cloud-config\n${json(cloudConfig(identity))}`,
    ...tinyFiles(identity),
  };
}

/** Every card asks for its address (version 2: https://docs.cloud-init.io/en/latest/reference/network-config-format-v2.html). */
function networkConfig(cards: readonly string[] = []): SeedFiles {
  if (cards.length === 0) return {};
  const ethernets = cards.map((macaddress, index) => [
    `card${index}`,
    { match: { macaddress }, dhcp4: true },
  ]);
  return { 'network-config': json({ version: 2, ethernets: Object.fromEntries(ethernets) }) };
}

/** The machine id that belongs to an instance: fresh for each, and the same however often it is asked for. */
export function machineId(instanceId: string): string {
  return createHash('sha256').update(`labrador machine-id ${instanceId}`).digest('hex').slice(0, 32);
}

function cloudConfig(identity: Identity): unknown {
  return {
    hostname: identity.hostname,
    preserve_hostname: false,
    manage_etc_hosts: 'localhost',
    bootcmd: [
      perInstance('machine-id', `echo ${machineId(identity.instanceId)} >/etc/machine-id`),
      perInstance('proxy', proxyScript(identity.proxy)),
    ],
    // Naming root alone keeps cloud-init from adding the image's default account.
    users: [
      {
        name: 'root',
        lock_passwd: false,
        hashed_passwd: identity.rootPasswordHash,
        ssh_authorized_keys: [identity.managementPublicKey],
      },
    ],
    disable_root: false,
    ssh_pwauth: true,
    ssh_deletekeys: true,
    ssh_keys: Object.fromEntries(
      identity.hostKeys.flatMap((key) => [
        [`${key.type}_private`, key.private],
        [`${key.type}_public`, key.public],
      ]),
    ),
    growpart: { mode: 'auto', devices: ['/'] },
    resize_rootfs: true,
    package_update: false,
    package_upgrade: false,
  };
}

function perInstance(name: string, script: string): string[] {
  return ['cloud-init-per', 'instance', `labrador-${name}`, 'sh', '-c', script];
}

function tinyFiles(identity: Identity): SeedFiles {
  return {
    'tiny/instance-id': `${identity.instanceId}\n`,
    'tiny/hostname': `${identity.hostname}\n`,
    'tiny/machine-id': `${machineId(identity.instanceId)}\n`,
    'tiny/root-hash': `${identity.rootPasswordHash}\n`,
    'tiny/authorized_keys': `${identity.managementPublicKey}\n`,
    ...Object.fromEntries(identity.hostKeys.map((key) => [`tiny/host-key-${key.type}`, ended(key.private)])),
    'tiny/proxy': proxyScript(identity.proxy),
  };
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
