/** A whole installation whose machines are a rack made of software, with the image `tiny`; nothing is loaded yet. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../db/connect.ts';
import { addHardware } from '../../db/repositories/node-hardware.ts';
import { inTransaction, type Tx } from '../../db/transaction.ts';
import { stopImageServer } from '../../modules/provisioning/shared/metal/ensure-image-server.ts';
import { metalFiles } from '../../modules/provisioning/shared/metal/metal-files.ts';
import { startBmc, stopBmc } from '../../src/cli/rack/bmc.ts';
import { pressChassis } from '../../src/cli/rack/chassis.ts';
import { makeRackNode } from '../../src/cli/rack/make-node.ts';
import { rackMachine, rackSettings } from '../../src/cli/rack/rack.ts';
import { type RackNode, rackFolder, rackNodeFolder } from '../../src/cli/rack/rack-node.ts';
import { imageAgent, imageAgents } from './image-agent.ts';
import type { Lab } from './lab.ts';
import { makeRealLab } from './real-machines.ts';
import { ToldMachine } from './told-machine.ts';

export interface RackLab {
  readonly lab: Lab;
  /** By the id of their node. */
  readonly machines: ReadonlyMap<number, ToldMachine>;
  close(): Promise<void>;
}

/** Nets for what hangs, on a machine twenty times as slow. */
const patient = { silentSeconds: 1800, bootSeconds: 1800 };

export async function makeRackLab(db: Database, count: number): Promise<RackLab> {
  const lab = await makeRealLab(db, count);
  const pool = join(lab.directory, 'pools', '2');
  await imageAgent();
  mkdirSync(pool, { recursive: true });
  symlinkSync(imageAgents, metalFiles(pool).agents);
  mkdirSync(rackFolder(lab.directory));
  const settings = JSON.stringify({ ...(await rackSettings(lab.directory)), ...patient });
  await inTransaction(db, (tx) => tx.table('pools').where({ id: 2 }).update({ module: 'ipmi', settings }));
  const machines = new Map<number, ToldMachine>();
  for (let id = 1; id <= count; id++) {
    const node = await newMachine(lab.directory, id);
    await inTransaction(db, (tx) => enter(tx, lab, id, node));
    machines.set(id, await ToldMachine.listen(node));
  }
  return {
    lab,
    machines,
    async close() {
      for (const daemon of lab.daemons) await daemon.stop();
      await stopImageServer(pool);
      for (const { node } of machines.values()) {
        await pressChassis(node, 'set', 'power', '0');
        await stopBmc(node);
      }
      await lab.close();
    },
  };
}

async function newMachine(data: string, number: number): Promise<RackNode> {
  const mac = `52:54:00:5b:00:0${number}`;
  const folder = rackNodeFolder(data, mac);
  const node = await makeRackNode({ folder, number, name: `rack${number}`, mac, protocol: 'ipmi' });
  await startBmc(node);
  return node;
}

/** What is known of the machine, as the rack enters its own. */
async function enter(tx: Tx, lab: Lab, id: number, node: RackNode): Promise<void> {
  const { name, mac, memoryMb, diskMb, hardware } = rackMachine(node);
  const { bmc, endpoint, firmware } = hardware;
  await tx.table('nodes').where({ id }).update({ name, mac, memory_mb: memoryMb, disk_mb: diskMb });
  await addHardware(tx, id, {
    ...{ bmcHost: bmc.host, bmcPort: bmc.port, bmcUsername: bmc.username, firmware },
    bmcPassword: lab.deps.cipher.seal(bmc.password),
    ...{ address: endpoint?.host ?? null, sshPort: endpoint?.port ?? 22 },
  });
}
