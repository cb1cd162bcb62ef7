/**
 * The network of machines that are had together, and of nobody else: a QEMU without a machine is its hub, and each guest has a card that
 * leads nowhere until it is joined to it. All of it is unix sockets in folders that none but the hub's and that guest's user may enter:
 * no bridge, no address of this computer, no root. It lies in the folder of the first machine's guest, and goes with it.
 */
import { access, chmod, chown, link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { artefactName, type SharedNetwork } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { isRunning, type ProcessId } from '../../../src/lib/detached-process.ts';
import type { Qmp } from '../../../src/lib/qmp.ts';
import { createSharedWork } from '../../../src/lib/shared-work.ts';
import { sleep } from '../../../src/lib/sleep.ts';
import { fileNames, type GuestFiles, guestFiles, guestFilesOf } from './guest-files.ts';
import { askQemu, endQemus, findQemus, spawnQemu } from './guest-process.ts';
import { guestUser } from './guest-user.ts';
import { asModuleError, diedAtOnce } from './problems.ts';
import type { QemuSettings } from './settings.ts';
import { port, wire, wireCardId, wireMac } from './wire.ts';

type Context = ProvisioningContext<QemuSettings>;

/** Joins the guest to the network, whose hub is started with the first. Twice is once; after a restart of either it is mended. */
export async function join_network(context: Context, network: SharedNetwork): Promise<string> {
  context.signal.throwIfAborted();
  const hub = hubFiles(context.directory, artefactName(context.installation, network.lead));
  try {
    await ensureHub(context, hub, network);
    await askQemu(
      guestFiles(context),
      (qmp) => plug(context, qmp, join(hub.folder, socketOf(network.port))),
      context.signal,
    );
  } catch (error) {
    throw context.signal.aborted ? context.signal.reason : asModuleError(error);
  }
  return wireMac(context.node.mac);
}

/** Ends the hub that lies in this guest's folder, if there is one. */
export async function endHub(files: GuestFiles): Promise<void> {
  const hub = hubFiles(files.directory, files.artefact);
  if (!(await exists(hub.folder))) return;
  await endQemus(hub, null);
  await rm(hub.folder, { recursive: true, force: true });
}

const hubName = 'network';
const socketOf = (number: number) => `port${number}`;

function hubFiles(directory: string, lead: string): GuestFiles {
  return guestFilesOf(join(directory, lead), hubName);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

async function runningHub(hub: GuestFiles): Promise<ProcessId | null> {
  return (await findQemus(hub.directory)).get(hubName)?.[0] ?? null;
}

/** A watch and a machine that was switched on may both want it. */
const startOnce = createSharedWork<ProcessId>();

async function ensureHub(context: Context, hub: GuestFiles, { lead, ports }: SharedNetwork): Promise<void> {
  const sockets = Array.from({ length: ports }, (_, number) => join(hub.folder, socketOf(number)));
  const start = async () => (await runningHub(hub)) ?? (await startHub(context, hub, lead.id, ports));
  const process = await startOnce(hub.folder, start, context.signal);
  for (const socket of sockets)
    while (!(await exists(socket))) {
      if (!(await isRunning(process))) throw await diedAtOnce(hub);
      await sleep(10, context.signal);
    }
}

/** Its folder is its user's own: it makes its sockets there, whoever it is by then. */
async function startHub({ settings }: Context, hub: GuestFiles, leadId: number, ports: number) {
  const user = guestUser({ settings, node: { id: leadId } });
  await rm(hub.folder, { recursive: true, force: true });
  await mkdir(hub.folder, { mode: 0o700 });
  if (user !== null) await chown(hub.folder, user, user);
  return await spawnQemu(hub, hubCommandLine(hub, ports, user));
}

function hubCommandLine(hub: GuestFiles, ports: number, user: number | null): string[] {
  const socket = (number: number) =>
    `stream,id=wire${number},server=on,addr.type=unix,addr.path=${socketOf(number)}`;
  return [
    ...['-name', `guest=${hubName}`, '-pidfile', hub.path('pid'), '-nodefaults', '-no-user-config'],
    ...['-display', 'none', '-machine', 'none', '-accel', 'tcg'],
    ...Array.from({ length: ports }, (_, number) => [
      ...['-netdev', socket(number), '-netdev', `hubport,id=port${number},hubid=0,netdev=wire${number}`],
    ]).flat(),
    ...[
      '-chardev',
      `socket,id=qmp,path=${fileNames.qmp},server=on,wait=off`,
      '-mon',
      'chardev=qmp,mode=control',
    ],
    ...['-sandbox', 'on,obsolete=deny,spawn=deny,resourcecontrol=deny'],
    ...(user === null ? [] : ['-runas', `${user}:${user}`]),
  ];
}

const plugged = /wire: [^\n]*unix:/;
/** So long it may take until the hub has answered, in looks of 50 ms. */
const looks = 100;

/** The hub's socket gets a second name in the guest's folder, where its QEMU stands, and becomes that user's. */
async function plug(context: Context, qmp: Qmp, socket: string): Promise<void> {
  if (plugged.test(await qmp.monitor('info network'))) return;
  const own = guestFiles(context).path('wire');
  await rm(own, { force: true });
  await link(socket, own);
  const user = guestUser(context);
  if (user === null) await chmod(own, 0o600);
  else await chown(own, user, user);
  for (const { id } of [port, wire]) await qmp.execute('netdev_del', { id }).catch(() => undefined);
  await qmp.execute('netdev_add', wire);
  await qmp.execute('netdev_add', port);
  for (let look = 0; !plugged.test(await qmp.monitor('info network')); look++) {
    if (look === looks)
      throw new ModuleError('retry', `${context.node.name} could not be joined to the others' network yet.`);
    await sleep(50, context.signal);
  }
  await qmp.execute('set_link', { name: wireCardId, up: true });
}
