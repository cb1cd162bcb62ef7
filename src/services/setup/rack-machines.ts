import { hardwareRow } from '../../../db/queries/node-hardware.ts';
import { nodesOfPool, removeIdleNode } from '../../../db/repositories/fleet.ts';
import { announceImage, ensureImage, type NewImage } from '../../../db/repositories/images.ts';
import { addPool, findPool } from '../../../db/repositories/installation.ts';
import { addHardware, changeHardware } from '../../../db/repositories/node-hardware.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { type Firmware, firmwares, type NodeHardware } from '../../domain/contracts/facts.ts';
import { mostUnits } from '../../domain/rack-place.ts';
import type { ServiceDeps } from '../deps.ts';
import { addNodes } from './add-nodes.ts';
import { tinyMetalImage, tinyMetalUefiImage } from './first-machines.ts';

/** A machine of the rack: what it has, and how it is switched and reached. */
export interface RackMachine {
  readonly name: string;
  readonly mac: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly hardware: Pick<NodeHardware, 'bmc' | 'firmware' | 'endpoint'>;
}

export interface Rack {
  readonly installation: string;
  readonly placeId: number;
  /** The provisioning module that speaks with its BMCs. */
  readonly module: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly machines: readonly RackMachine[];
  /** Those that it holds besides: nodes of theirs are made by whoever discovers them. */
  readonly untold: readonly RackMachine[];
}

/**
 * Makes the pool `rack` be these machines: adds what is missing, removes idle ones that are too many, and notes how each is
 * reached now. Answers with the addresses of those that are there: more than asked for while some are in use.
 */
export function setRackMachines(deps: ServiceDeps, rack: Rack): Promise<readonly string[]> {
  return inTransaction(deps.db, async (tx) => {
    const poolId = await poolOf(tx, rack);
    const machines = [...rack.machines, ...rack.untold];
    const first = await firstImages(tx, machines);
    const present = new Set((await nodesOfPool(tx, poolId)).map(({ mac }) => mac));
    const { placeId, installation } = rack;
    await addNodes(
      tx,
      installation,
      rack.machines
        .map((machine, index) => ({ ...machine, unit: index + 1 }))
        .filter(({ mac }) => !present.has(mac))
        .map(({ hardware, unit, ...machine }) => {
          const imageId = first.get(hardware.firmware) as number;
          return {
            ...machine,
            poolId,
            placeId,
            imageId,
            ...(unit <= mostUnits ? { rack: 'rack', unit } : {}),
          };
        }),
    );
    await noteHardware(tx, deps, poolId, machines);
    const wanted = new Set(machines.map(({ mac }) => mac));
    const there: string[] = [];
    for (const { id, mac } of await nodesOfPool(tx, poolId))
      if (wanted.has(mac) || !(await removeIdleNode(tx, id))) there.push(mac);
    // A machine that was to go and is in use may start either way.
    const more = there.some((mac) => !wanted.has(mac));
    await offerImages(tx, (firmware) => more || first.has(firmware));
    return there;
  });
}

const images = { bios: tinyMetalImage, uefi: tinyMetalUefiImage } as const satisfies Record<
  Firmware,
  NewImage
>;

/** What each is loaded with first, made known where there are such machines. */
async function firstImages(tx: Tx, machines: readonly RackMachine[]): Promise<Map<Firmware, number>> {
  const first = new Map<Firmware, number>();
  for (const { hardware } of machines) {
    const { firmware } = hardware;
    if (!first.has(firmware)) first.set(firmware, await ensureImage(tx, images[firmware]));
  }
  return first;
}

/** What no machine could be loaded with is not offered. */
async function offerImages(tx: Tx, isOffered: (firmware: Firmware) => boolean): Promise<void> {
  for (const firmware of firmwares) {
    const row = await tx.table('images').select('id').where({ name: images[firmware].name }).first();
    if (row) await announceImage(tx, Number(row.id), isOffered(firmware));
  }
}

/** The pool, whose settings say where the rack lies now: its data directory may have been moved. */
async function poolOf(tx: Tx, { module, placeId, settings }: Rack): Promise<number> {
  const name = module === 'ipmi' ? 'rack' : `rack-${module}`;
  const poolId = await findPool(tx, name);
  if (poolId === null) return addPool(tx, { name, module, reach: 'none', placeId, settings });
  const row = await tx.table('pools').select('settings').where({ id: poolId }).first();
  const kept = JSON.parse(String(row?.settings ?? '{}')) as object;
  const { imageSockets, consoleLog, imageServer, dhcp, dhcpRange } = settings;
  const now = JSON.stringify({ ...kept, imageSockets, consoleLog, imageServer, dhcp, dhcpRange });
  await tx.table('pools').where({ id: poolId }).update({ settings: now });
  return poolId;
}

async function noteHardware(
  tx: Tx,
  deps: ServiceDeps,
  poolId: number,
  machines: readonly RackMachine[],
): Promise<void> {
  const ids = new Map((await nodesOfPool(tx, poolId)).map(({ id, mac }) => [mac, id]));
  for (const { mac, hardware } of machines) {
    const id = ids.get(mac);
    if (id === undefined) continue;
    const { bmc, firmware, endpoint } = hardware;
    const row = {
      ...{ bmcHost: bmc.host, bmcPort: bmc.port, bmcUsername: bmc.username },
      ...{ bmcPassword: deps.cipher.seal(bmc.password), firmware },
      ...{ address: endpoint?.host ?? null, sshPort: endpoint?.port ?? 22 },
    };
    if (await hardwareRow(tx, id)) await changeHardware(tx, id, row);
    else await addHardware(tx, id, row);
  }
}
