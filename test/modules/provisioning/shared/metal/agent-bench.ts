import { open } from 'node:fs/promises';
import { followProgress } from '../../../../../modules/provisioning/shared/metal/follow-progress.ts';
import type { Job } from '../../../../../modules/provisioning/shared/metal/jobs/kinds.ts';
import { sha256 } from '../../../../../src/lib/secrets.ts';
import { type BareNode, type BareNodeOptions, makeBareNode } from '../../../../helpers/bare-node.ts';
import { sayingDisk } from '../../../../helpers/boot-sector.ts';
import { imageAgent } from '../../../../helpers/image-agent.ts';
import { type MetalPool, makeMetalPool } from '../../../../helpers/metal-pool.ts';

// A guest here shares two processors with whatever else runs: it may take twenty times as long as alone.
const patience = { stillMs: 300_000, totalMs: 600_000 };
export const soon = () => AbortSignal.timeout(300_000);
export const never = new AbortController().signal;

/** Machines of QEMU alone before an image server: what the imaging agent is driven on, without a module. */
export class AgentBench {
  readonly pool: MetalPool;
  readonly #nodes: BareNode[] = [];

  constructor(pool: MetalPool) {
    this.pool = pool;
  }

  static async open(): Promise<AgentBench> {
    return new AgentBench(await makeMetalPool());
  }

  async newNode(
    number: number,
    diskMb: number,
    parts: Pick<BareNodeOptions, 'card' | 'more'> = {},
  ): Promise<BareNode> {
    const mac = `52:54:00:aa:00:0${number}`;
    const node = await makeBareNode({ sockets: this.pool.sockets, mac, diskMb, ...parts });
    this.#nodes.push(node);
    await this.pool.serve(await imageAgent());
    return node;
  }

  follow(job: Job, steps: string[] = [], within = patience) {
    const progress = (step: string) => void (steps.at(-1) !== step && steps.push(step));
    return followProgress(job, { directory: this.pool.directory, signal: never, progress, patience: within });
  }

  async allOff(): Promise<void> {
    for (const node of this.#nodes.splice(0)) await node.powerOff();
  }

  async close(): Promise<void> {
    await this.allOff();
    await this.pool.close();
  }
}

/** Something that a firmware would start. */
export async function makeBootable({ disk }: BareNode): Promise<void> {
  const file = await open(disk, 'r+');
  await file.write(sayingDisk(Buffer.alloc(512)), 0, 512, 0);
  await file.close();
}

/** Digest of the disk's first sectors. */
export async function headOf({ disk }: BareNode): Promise<string> {
  const file = await open(disk, 'r');
  const { buffer } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
  await file.close();
  return sha256(buffer);
}
