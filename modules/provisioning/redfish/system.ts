/** The one machine that a service switches. */
import { BmcError } from '../shared/bmc/bmc-error.ts';
import { noRedfish } from './answer.ts';
import type { RedfishClient } from './client.ts';
import { type Chassis, type ComputerSystem, chassis, collection, computerSystem } from './schemas.ts';

/** Where each service has its machine: looked for once. */
const paths = new WeakMap<RedfishClient, string>();

/** The machine as it stands now. */
export async function readSystem(client: RedfishClient, signal: AbortSignal): Promise<ComputerSystem> {
  const known = paths.get(client);
  if (known !== undefined) return await client.read(known, computerSystem, signal);
  const found = await findSystem(client, signal);
  paths.set(client, found['@odata.id']);
  return found;
}

/** Some list boards of the machine as systems too: the machine is the one that can be switched. */
async function findSystem(client: RedfishClient, signal: AbortSignal): Promise<ComputerSystem> {
  const systems = (await client.root(signal)).Systems?.['@odata.id'];
  if (systems === undefined) throw noRedfish(client.address, 'it knows of no machines');
  const { Members } = await client.read(systems, collection, signal);
  const all: ComputerSystem[] = [];
  for (const { '@odata.id': path } of Members) all.push(await client.read(path, computerSystem, signal));
  const machines = all.length === 1 ? all : all.filter(({ Actions }) => Actions?.['#ComputerSystem.Reset']);
  const [machine] = machines;
  if (machine && machines.length === 1) return machine;
  throw new BmcError(
    'unsupported',
    `The BMC at ${client.address} switches ${machines.length} machines, and one is expected. Give the address of the machine's own BMC.`,
  );
}

/** The cases that the machine is in, its own first. */
export async function readChassis(
  client: RedfishClient,
  system: ComputerSystem,
  signal: AbortSignal,
): Promise<Chassis[]> {
  const all: Chassis[] = [];
  for (const { '@odata.id': path } of system.Links?.Chassis ?? [])
    all.push(await client.read(path, chassis, signal));
  return all;
}
