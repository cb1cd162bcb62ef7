/** What a machine's firmware sends when it asks for an address, and what comes back. Sources: RFC 2131, 2132; PXE 2.1, 2.2. */

export interface DhcpOffer {
  /** Who offers (option 54, else where it came from). */
  readonly server: string;
  /** The address that is offered; null: none, as ProxyDHCP servers do. */
  readonly address: string | null;
  /** Where the boot file is, and what it is called; null: none is named. */
  readonly next: string | null;
  readonly file: string | null;
}

/** How it asks: as a BIOS, as a UEFI, or as iPXE, which it was given before. */
export type AskingAs = 'bios' | 'uefi' | 'ipxe';

const magic = Buffer.from([0x63, 0x82, 0x53, 0x63]);
const architecture = { bios: 0, uefi: 7, ipxe: 0 } as const;
const discover = 1;
const offer = 2;
/** The answer shall go to everybody: nobody has the address yet. */
const broadcast = 0x8000;

export function discoverMessage(mac: string, transaction: number, as: AskingAs): Buffer {
  const fixed = Buffer.alloc(236);
  fixed.set([1, 1, 6, 0]);
  fixed.writeUInt32BE(transaction, 4);
  fixed.writeUInt16BE(broadcast, 10);
  const hardware = Buffer.from(mac.replaceAll(':', ''), 'hex');
  hardware.copy(fixed, 28);
  const arch = architecture[as];
  const vendor = `PXEClient:Arch:${String(arch).padStart(5, '0')}:UNDI:002001`;
  const options = [
    option(53, [discover]),
    option(55, [1, 3, 6, 12, 43, 54, 60, 66, 67]),
    option(60, Buffer.from(vendor)),
    option(93, [0, arch]),
    option(94, [1, 2, 1]),
    option(97, [0, ...hardware, ...Array<number>(10).fill(0)]),
    ...(as === 'ipxe' ? [option(77, Buffer.from('iPXE')), option(175, [19, 1, 1])] : []),
    Buffer.from([255]),
  ];
  return Buffer.concat([fixed, magic, ...options]);
}

/** Null for whatever is no offer to this question. */
export function readOffer(message: Buffer, transaction: number, from: string): DhcpOffer | null {
  const answers = message.length >= 240 && message[0] === 2 && message.readUInt32BE(4) === transaction;
  if (!answers || !message.subarray(236, 240).equals(magic)) return null;
  const options = optionsOf(message.subarray(240));
  if (options.get(53)?.[0] !== offer) return null;
  const [address, next] = [addressAt(message, 16), addressAt(message, 20)];
  const name = options.get(67)?.toString('latin1') ?? message.toString('latin1', 108, 236);
  const server = options.get(54);
  return {
    server: server?.length === 4 ? server.join('.') : from,
    address,
    next,
    file: name.replace(/\0.*$/s, '') || null,
  };
}

function option(code: number, content: readonly number[] | Buffer): Buffer {
  return Buffer.from([code, content.length, ...content]);
}

function optionsOf(bytes: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const code = bytes[at] ?? 255;
    if (code === 255) break;
    const length = code === 0 ? -1 : (bytes[at + 1] ?? 0);
    if (code !== 0) options.set(code, bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return options;
}

function addressAt(message: Buffer, at: number): string | null {
  const address = [...message.subarray(at, at + 4)].join('.');
  return address === '0.0.0.0' ? null : address;
}
