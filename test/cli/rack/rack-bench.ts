/** A machine of the rack with something on its disk, and something that answers it on the network. */
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ipmiBmc } from '../../../modules/provisioning/ipmi/ipmi-bmc.ts';
import type { Bmc } from '../../../modules/provisioning/shared/bmc/bmc.ts';
import { startBmc, stopBmc } from '../../../src/cli/rack/bmc.ts';
import { pressChassis } from '../../../src/cli/rack/chassis.ts';
import { makeRackNode } from '../../../src/cli/rack/make-node.ts';
import { type RackNode, rackFiles, rackNodeFolder } from '../../../src/cli/rack/rack-node.ts';
import { sayingDisk } from '../../helpers/boot-sector.ts';

export const mac = '52:54:00:5a:00:01';
export const signal = new AbortController().signal;
export const switching = { signal, pauseMs: 100 };
export const fromNetwork = { device: 'network', firmware: 'bios', lasts: 'once' } as const;

export class RackBench {
  readonly data: string;
  readonly node: RackNode;
  readonly #server: Server;
  /** The addresses that the machine asked for. */
  asked: string[] = [];

  private constructor(data: string, node: RackNode) {
    this.data = data;
    this.node = node;
    this.#server = createServer((request, response) => {
      this.asked.push(decodeURIComponent(request.url ?? ''));
      response.end('#!ipxe\nreboot\n');
    });
  }

  /** The machine is off, and its BMC answers. */
  static async open(): Promise<RackBench> {
    const data = await mkdtemp(join(tmpdir(), 'labrador-rack-'));
    const folder = rackNodeFolder(data, mac);
    const node = await makeRackNode({ folder, number: 1, name: 'rack1', mac, protocol: 'ipmi' });
    const disk = await open(join(folder, rackFiles.disk), 'r+');
    await disk.write(sayingDisk(Buffer.alloc(512)), 0, 512, 0);
    await disk.close();
    const bench = new RackBench(data, node);
    const path = join(folder, rackFiles.image);
    bench.#server.listen({ path, readableAll: true, writableAll: true });
    await once(bench.#server, 'listening');
    await startBmc(node);
    return bench;
  }

  bmc(): Bmc {
    const access = { host: '127.0.0.1', ...this.node.bmc, cipher: null, fingerprint: null };
    return ipmiBmc(access, { packetSeconds: 2 });
  }

  /** On its serial port, all the time. */
  said(): Promise<string> {
    return readFile(join(this.node.folder, rackFiles.serialLog), 'latin1').catch(() => '');
  }

  async close(): Promise<void> {
    await pressChassis(this.node, 'set', 'power', '0');
    await stopBmc(this.node);
    this.#server.close();
    await rm(this.data, { recursive: true });
  }
}

export async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await pause(100);
}
