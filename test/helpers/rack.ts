import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopImageServer } from '../../modules/provisioning/shared/metal/ensure-image-server.ts';
import { stopDhcp } from '../../modules/provisioning/shared/metal/imaging-network/ensure-dhcp.ts';
import { startBmc, stopBmc } from '../../src/cli/rack/bmc.ts';
import { pressChassis } from '../../src/cli/rack/chassis.ts';
import { drawRackNetwork, removeRackNetwork } from '../../src/cli/rack/imaging-network.ts';
import { makeRackNode } from '../../src/cli/rack/make-node.ts';
import { rackMachine, rackSettings } from '../../src/cli/rack/rack.ts';
import {
  type BmcProtocol,
  type RackNetworkKind,
  type RackNode,
  rackFolder,
  rackNodeFolder,
} from '../../src/cli/rack/rack-node.ts';
import type { Firmware, NodeFacts } from '../../src/domain/contracts/facts.ts';

interface TestMachine {
  readonly machine: RackNode;
  /** What a module is told of the machine. */
  readonly node: Partial<NodeFacts>;
}

export interface TestRack extends TestMachine {
  /** The pool's folder. */
  readonly directory: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Puts one more machine of the same kind into it. */
  add(): Promise<TestMachine>;
  close(): Promise<void>;
}

/** A rack of one machine, whose BMC answers, and a pool's folder beside it. */
export async function makeTestRack(
  protocol: BmcProtocol = 'ipmi',
  firmware: Firmware = 'bios',
  network: RackNetworkKind = 'user',
): Promise<TestRack> {
  const data = await mkdtemp(join(tmpdir(), 'labrador-rack-'));
  const directory = join(data, 'pool');
  await mkdir(rackFolder(data));
  const lan = network === 'netns' ? await drawRackNetwork(rackFolder(data)) : null;
  const machines: RackNode[] = [];
  async function add(): Promise<TestMachine> {
    const number = machines.length + 1;
    const mac = `52:54:00:5a:00:0${number}`;
    const folder = rackNodeFolder(data, mac);
    const machine = await makeRackNode({ folder, number, name: `rack${number}`, mac, protocol, firmware });
    machines.push(machine);
    await startBmc(machine);
    const { hardware, ...node } = rackMachine(machine);
    return { machine, node: { ...node, hardware: { ...hardware, inventory: null } } };
  }
  return {
    ...(await add()),
    ...{ directory, add },
    settings: await rackSettings(data),
    async close() {
      await stopImageServer(directory);
      await stopDhcp(directory);
      for (const machine of machines) {
        await pressChassis(machine, 'set', 'power', '0');
        await stopBmc(machine);
      }
      if (lan) await removeRackNetwork(lan);
      await rm(data, { recursive: true });
    },
  };
}
