/** Asks the image server what an agent asks it, without a machine. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Buffer;
}

export interface TestAgent {
  /** `GET /boot.ipxe`, or whatever `path` says, of this machine. */
  get(path?: string, token?: string): Promise<Answer>;
  post(path: string, body: string, token?: string): Promise<Answer>;
  /** The token that its boot script holds; the script said to start the agent. */
  token(): Promise<string>;
}

export interface AgentWay {
  readonly mac: string;
  /** The machine whose socket it uses; its own unless told. */
  readonly by?: string;
  /** By this port of this computer instead. */
  readonly port?: number;
}

export function testAgent(sockets: string, { mac, by = mac, port }: AgentWay): TestAgent {
  const way =
    port === undefined
      ? { socketPath: join(sockets, by.replaceAll(':', '-'), 'image.sock') }
      : { host: '127.0.0.1', port };

  async function ask(method: string, path: string, token?: string, body?: string): Promise<Answer> {
    const headers = { host: '10.0.2.100', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const mark = path.includes('?') ? '&' : '?';
    const asked = request({ ...way, method, headers, path: `${path}${mark}mac=${mac}` });
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    const all = Buffer.concat(chunks);
    return { status: answer.statusCode ?? 0, text: all.toString(), body: all };
  }

  return {
    get: (path = '/boot.ipxe', token) => ask('GET', path, token),
    post: (path, body, token) => ask('POST', path, token, body),
    token: async () => {
      const { text } = await ask('GET', '/boot.ipxe');
      return /labrador\.token=(\S+)/.exec(text)?.[1] ?? `no token in: ${text}`;
    },
  };
}

export interface SaidMachine {
  readonly firmware?: 'bios' | 'uefi';
  readonly secureBoot?: 'on' | 'off';
  /** Of 512 bytes. */
  readonly sectors?: number;
  readonly sectorBytes?: number;
}

/** What an agent says of its machine. */
export function saidInventory({
  firmware = 'bios',
  secureBoot,
  sectors = 4_000_000,
  sectorBytes = 512,
}: SaidMachine = {}) {
  return [
    `firmware=${firmware}`,
    ...(secureBoot ? [`secureBoot=${secureBoot}`] : []),
    'vendor=QEMU',
    'product=Standard PC',
    'cpu=Some CPU',
    'cpus=2',
    'memoryKb=2048000',
    `disk=sda|60000|512|1|0|USB stick|1`,
    `disk=vda|${sectors}|${sectorBytes}|0|1|Disk|serial`,
    'nic=eth0|52:54:00:aa:00:01|e1000|1|1000',
    '',
  ].join('\n');
}
