/** Who is connected to a port, as the kernel's own tables say it (proc_net_tcp(5)): `/proc/net/tcp` and `/proc/net/tcp6`. */
import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';

const established = '01';

/** The addresses from which connections to this local port stand, each once; `host`: to this local address alone. */
export function tcpPeers(tables: string, local: { readonly port: number; readonly host?: string }): string[] {
  const found = new Set<string>();
  for (const line of tables.split('\n')) {
    const [, to = '', from = '', state] = line.trim().split(/\s+/);
    if (state !== established) continue;
    const [here, there] = [endOf(to), endOf(from)];
    if (!here || !there || here.port !== local.port) continue;
    if (local.host === undefined || here.address === local.host) found.add(there.address);
  }
  return [...found];
}

/** The same of this computer. */
export async function tcpPeersHere(port: number): Promise<string[]> {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => ''));
  return tcpPeers((await Promise.all(tables)).join('\n'), { port });
}

/** `0100007F:1F90`: words of 32 bits as the processor keeps them. */
function endOf(text: string): { readonly address: string; readonly port: number } | null {
  const [, digits = '', port = ''] = /^((?:[0-9A-F]{8}){1,4}):([0-9A-F]{4})$/.exec(text) ?? [];
  const bytes = [...digits.matchAll(/.{8}/g)].flatMap(([word]) => {
    const four = [...Buffer.from(word, 'hex')];
    return endianness() === 'LE' ? four.reverse() : four;
  });
  if (bytes.length === 4) return { address: bytes.join('.'), port: Number.parseInt(port, 16) };
  return bytes.length === 16 ? { address: ipv6(bytes), port: Number.parseInt(port, 16) } : null;
}

/** As people write it; an IPv4 address inside one of IPv6 is written as such. */
function ipv6(bytes: readonly number[]): string {
  const mapped = bytes.slice(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 255));
  if (mapped) return bytes.slice(12).join('.');
  const words = Array.from({ length: 8 }, (_, n) =>
    ((bytes[2 * n] ?? 0) * 256 + (bytes[2 * n + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1);
}
