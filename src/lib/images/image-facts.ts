/** What a system on a disk has, as far as a look at its files can tell, and what follows from that. */

export interface ImageFacts {
  /** The name it gives itself, e.g. "Debian GNU/Linux 12 (bookworm)". */
  readonly os?: string;
  /** As in os-release, e.g. "debian". */
  readonly id?: string;
  readonly version?: string;
  readonly filesystem?: string;
  readonly init?: string;
  readonly packageManager?: string;
  readonly sshServer?: string;
  readonly sudo: boolean;
  readonly doas: boolean;
  readonly useradd: boolean;
  readonly growpart: boolean;
  readonly python3: boolean;
  /** Takes a seed: cloud-init, or tiny's own way. */
  readonly cloudInit: boolean;
  readonly tiny: boolean;
  /** Its disk begins with code that a BIOS starts; without it only UEFI may know how. */
  readonly bios: boolean;
  /** A root file system was found. */
  readonly hasRoot: boolean;
}

/** Lines `labrador-probe: name=value` among whatever else a console said; undefined when the end is missing. */
export function parseProbe(console: string): ImageFacts | undefined {
  const said = [...console.matchAll(/^labrador-probe: (\S[^\r\n]*)\r?$/gm)].map(([, line = '']) => line);
  if (!said.includes('end')) return undefined;
  const facts = new Map<string, string>();
  for (const line of said) {
    const at = line.indexOf('=');
    if (at > 0) facts.set(line.slice(0, at), printable(line.slice(at + 1)));
  }
  const texts = ['os', 'id', 'version', 'filesystem', 'init', 'packageManager', 'sshServer'];
  return {
    ...Object.fromEntries([...facts].filter(([name]) => texts.includes(name))),
    sudo: facts.get('sudo') === 'yes',
    doas: facts.get('doas') === 'yes',
    useradd: facts.get('useradd') === 'yes',
    growpart: facts.get('growpart') === 'yes',
    python3: facts.get('python3') === 'yes',
    cloudInit: facts.get('cloudInit') === 'yes',
    tiny: facts.get('tiny') === 'yes',
    bios: facts.get('bios') === 'yes',
    hasRoot: facts.get('root') === 'found',
  };
}

/** What Labrador cannot do with such an image, one sentence each; none when it can do everything. */
export function limitsOf(facts: ImageFacts): string[] {
  if (!facts.hasRoot) {
    return [
      'no Linux system was found on ext4, XFS or btrfs (LVM and encryption are not looked into): nothing is known about it',
    ];
  }
  const takesSeed = facts.cloudInit || facts.tiny;
  const rules: readonly (readonly [boolean, string])[] = [
    [
      !facts.bios,
      'no boot loader for BIOS: it starts only in a pool whose firmware is one for UEFI (Debian package ovmf: /usr/share/ovmf/OVMF.fd)',
    ],
    [!takesSeed, 'no cloud-init: Labrador cannot set its host keys, its name or the key it logs in with'],
    [facts.sshServer === undefined, 'no SSH server: there is no way in but the console'],
    [!facts.useradd, 'no useradd: Labrador cannot make accounts for people'],
    [!facts.sudo && !facts.doas, 'no sudo and no doas: people cannot become root'],
    [facts.cloudInit && !facts.growpart, 'no growpart: its file system stays as large as the image'],
    [
      facts.packageManager === undefined && !facts.tiny,
      'no package manager that is known: the web is not set up for it',
    ],
  ];
  return rules.filter(([applies]) => applies).map(([, sentence]) => sentence);
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 120);
}
