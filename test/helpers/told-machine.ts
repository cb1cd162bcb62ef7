/** What a machine of a rack made of software was told by its BMC and came to, counted; and its end by kill -9. */
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ipmiBmc } from '../../modules/provisioning/ipmi/ipmi-bmc.ts';
import type { Bmc } from '../../modules/provisioning/shared/bmc/bmc.ts';
import { type RackNode, rackFiles } from '../../src/cli/rack/rack-node.ts';
import { killProcess, startOf } from '../../src/lib/detached-process.ts';

/** Stands before the chassis and writes down what it was told to change, and whether the machine was on then. */
const listener = `#!/bin/sh
[ "$1" = set ] || exec ./chassis.itself "$@"
was=$(./chassis.itself get power)
./chassis.itself "$@"
code=$?
echo "$* $was" >>told.log
exit $code
`;

export interface Counts {
  /** Commands of its BMC: to switch on, to switch off, and to start from the network. */
  readonly on: number;
  readonly off: number;
  readonly network: number;
  /** How often it really was started. */
  readonly starts: number;
  /** Agents that started on it, that began to write its disk, and that wrote all of it. */
  readonly agents: number;
  readonly writes: number;
  readonly whole: number;
}

export class ToldMachine {
  readonly node: RackNode;

  private constructor(node: RackNode) {
    this.node = node;
  }

  static async listen(node: RackNode): Promise<ToldMachine> {
    const chassis = join(node.folder, rackFiles.chassis);
    await rename(chassis, join(node.folder, 'chassis.itself'));
    await writeFile(chassis, listener, { mode: 0o700 });
    return new ToldMachine(node);
  }

  /** What came of `work`, beyond what there was before. */
  async during(work: () => Promise<void>): Promise<Counts> {
    const before = await this.#all();
    await work();
    const after = await this.#all();
    const told = after.told.slice(before.told.length);
    const said = after.said.slice(before.said.length);
    const commands = (pattern: RegExp) => told.filter((line) => pattern.test(line)).length;
    const lines = (pattern: RegExp) => said.filter((line) => pattern.test(line)).length;
    return {
      on: commands(/^set power 1 /),
      off: commands(/^set power 0 /),
      network: commands(/^set boot pxe /),
      starts: commands(/^set power 1 power:0$/),
      agents: lines(/labrador-agent: started /),
      writes: lines(/labrador-agent: writing \d+ bytes /),
      whole: lines(/labrador-agent: written and checked/),
    };
  }

  async #all(): Promise<{ told: string[]; said: string[] }> {
    const read = async (name: string) =>
      (await readFile(join(this.node.folder, name), 'latin1').catch(() => '')).split('\n').slice(0, -1);
    return { told: await read('told.log'), said: await read(rackFiles.serialLog) };
  }

  /** Past the gate that the module has before it. */
  get bmc(): Bmc {
    const access = { host: '127.0.0.1', ...this.node.bmc, cipher: null };
    return ipmiBmc(access, { packetSeconds: 5 });
  }

  /** kill -9 of all that runs on it. */
  async kill(): Promise<void> {
    const pid = Number(await readFile(join(this.node.folder, 'pid'), 'utf8'));
    const started = await startOf(pid);
    if (started === null) throw new Error(`${this.node.name} does not run`);
    await killProcess({ pid, started });
  }

  /** The first sectors of its disk: without them nothing starts. */
  async head(): Promise<Buffer> {
    const file = await open(join(this.node.folder, rackFiles.disk), 'r');
    const { buffer } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
    await file.close();
    return buffer;
  }
}
