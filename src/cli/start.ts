import { existsSync } from 'node:fs';
import { hostname, totalmem } from 'node:os';
import { isArmed } from '../../db/repositories/installation.ts';
import { reading } from '../../db/transaction.ts';
import type { ManagementNode } from '../daemon/create-management-node.ts';
import { defaultGatewaySettings } from '../daemon/gateway/contract.ts';
import { counted } from '../domain/counted.ts';
import type { Config } from '../lib/config.ts';
import { acquireDaemonLock, runningDaemons } from '../lib/file-lock.ts';
import { sleep } from '../lib/sleep.ts';
import { createServices } from '../services/create-services.ts';
import type { ServiceDeps } from '../services/deps.ts';
import { isDraining } from '../services/setup/drain.ts';
import { type Enrolled, enrol } from '../services/setup/enrol.ts';
import { ImageFiles } from '../services/setup/image-files.ts';
import { ensureTiny, ensureTinyMetal, ensureTinyMetalUefi } from '../services/setup/image-library.ts';
import { setSimulatedMachines } from '../services/setup/simulated-machines.ts';
import { canListen } from '../web/server.ts';
import { siteAddress } from './address.ts';
import { showAddress, showFirstPasswords } from './banner.ts';
import { describeFailure } from './failure.ts';
import { gatewayAddress } from './gateway-address.ts';
import { relayToGateways } from './gateway-relay.ts';
import { listenForWebs } from './gateway-socket.ts';
import {
  type Installation,
  openInstallation,
  prepareDatabase,
  readConfig,
  withInstallation,
} from './installation.ts';
import { catchDefects } from './last-resort.ts';
import { makeManagementNode, type Served } from './management-node.ts';
import { setRack } from './rack/rack.ts';
import { type BmcProtocol, type RackFirmware, type RackNetworkKind, rackNodes } from './rack/rack-node.ts';
import { complain, say } from './say.ts';
import { openSemester, playAlong } from './semester/semester.ts';
import { cannotServe, serve } from './serve.ts';
import { stopMachines } from './stop.ts';
import { stopSignal, whenStopped } from './stopping.ts';

export interface StartOptions {
  readonly name: string;
  readonly simulator?: number;
  /** Machines of a rack made of software. */
  readonly rack?: number;
  /** What its BMCs speak. */
  readonly rackBmc?: BmcProtocol;
  /** How those that are made now start. */
  readonly rackFirmware?: RackFirmware;
  readonly rackNetwork?: RackNetworkKind;
  /** A simulated semester is played. */
  readonly semester?: boolean;
}

/** How long files that are under way get when a site stops. */
const { drainSeconds } = defaultGatewaySettings;

/** `labrador start`: web and daemon in one process, until it is stopped. */
export async function start(options: StartOptions): Promise<void> {
  const config = readConfig();
  await checkPort(config);
  await alone(config, options, run);
}

/** Before anything is made. Where a daemon runs on the data directory already, that is what is said instead. */
async function checkPort({ data, host, port }: Config): Promise<void> {
  if (existsSync(data) && runningDaemons(data).length > 0) return;
  await canListen(host, port).catch(cannotServe);
}

type Work = (opened: Installation, served: Starting, signal: AbortSignal) => Promise<void>;
type Starting = Enrolled & Served & Pick<StartOptions, 'semester'>;

/** Nobody else has the daemon's name while it works. */
async function alone(config: Config, options: StartOptions, work: Work): Promise<void> {
  const opened = openInstallation(config);
  catchDefects(opened.log);
  const lock = acquireDaemonLock(opened.data.path, options.name);
  const signal = stopSignal();
  try {
    const enrolled = await prepare(opened, options);
    const { name, semester = false } = options;
    await work(opened, { ...enrolled, name, semester }, signal);
  } finally {
    await opened.db.close();
    lock.release();
  }
}

/** Brings database and data directory up to date; what is there already stays. */
async function prepare(opened: Installation, options: StartOptions): Promise<Enrolled> {
  const { db, deps, data } = opened;
  await prepareDatabase(db);
  await openSemester(opened, options.semester === true);
  const totalMemoryMb = options.semester ? null : Math.floor(totalmem() / 1024 ** 2);
  const enrolled = await enrol(deps, data, { placeName: hostname(), totalMemoryMb });
  showFirstPasswords(opened, enrolled.firstPasswords);
  if (!enrolled.armed) {
    const then = enrolled.trusted ? '' : ' and a new start';
    complain(
      `${data.path} and the database do not know each other: no machine is touched until "labrador arm"${then}.`,
    );
  }
  if (enrolled.trusted) await sayWhatIsMissing(deps, enrolled.placeId);
  if (await isDraining(deps, enrolled.placeId))
    complain('Drained: no machine is loaded until "labrador drain --off".');
  if (options.simulator !== undefined) {
    const { installation, placeId } = enrolled;
    const { nodes } = await setSimulatedMachines(deps, installation, placeId, options.simulator);
    say(`There are ${nodes} simulated machines.`);
  }
  if (enrolled.armed) await prepareRack(opened, enrolled, options);
  return enrolled;
}

/** What there is of a rack goes on, whether it was asked for this time or not. */
async function prepareRack(opened: Installation, enrolled: Enrolled, options: StartOptions): Promise<void> {
  const { rack: asked, rackBmc: protocol, rackFirmware: firmware, rackNetwork: network } = options;
  const count = asked ?? (await rackNodes(opened.data.path)).filter(({ untold }) => !untold).length;
  if (count === 0 && asked === undefined) return;
  const machines = await setRack(opened, enrolled, { count, protocol, firmware, network });
  say(`The rack has ${counted(machines, 'machine')}.`);
}

async function sayWhatIsMissing(deps: ServiceDeps, placeId: number): Promise<void> {
  for (const { revision, file, sha256, missingBecause } of await new ImageFiles(deps, placeId).look())
    complain(
      `${revision} cannot be loaded: ${missingBecause}. Put it back as ${file}${sha256 ? ` (SHA-256 ${sha256})` : ''}.`,
    );
}

async function run(opened: Installation, served: Starting, signal: AbortSignal): Promise<void> {
  const services = createServices(opened.deps);
  const node = await makeManagementNode(opened, served);
  const own = served.trusted ? { address: gatewayAddress(opened, served.name), door: node.gateway } : null;
  const relay = relayToGateways(services, own);
  const server = await serve(opened, services, relay);
  try {
    await showAddress(opened, server.port);
    await withNode(opened, served, node, signal);
  } finally {
    await relay.close(drainSeconds);
    await server.stop();
  }
  await stopFreeGuests(opened, served);
}

/** `labrador daemon`: a management node without the site; its gateway is reached through any web process. */
export function runDaemon({ name }: { name: string }): Promise<void> {
  return alone(readConfig(), { name }, async (opened, served, signal) => {
    say(`The daemon "${name}" serves ${opened.data.path}. Ctrl-C stops it; its guests go on.`);
    await withNode(opened, served, await makeManagementNode(opened, served), signal);
  });
}

/** `labrador web`: the site without a daemon; the machines are reached through the gateways that the database names. */
export function runWeb(): Promise<void> {
  return withInstallation(async (opened) => {
    catchDefects(opened.log);
    const signal = stopSignal();
    await prepareDatabase(opened.db);
    const services = createServices(opened.deps);
    const relay = relayToGateways(services, null);
    const server = await serve(opened, services, relay);
    say(`${opened.config.siteName} is at ${siteAddress(opened.config, server.port)}. Ctrl-C stops it.`);
    await whenStopped(signal);
    await relay.close(drainSeconds);
    await server.stop();
  });
}

/** Runs the daemon and its gateway until the signal fires; neither where the data directory is not trusted. */
async function withNode(
  opened: Installation,
  served: Starting,
  node: ManagementNode,
  signal: AbortSignal,
): Promise<void> {
  if (!served.trusted) {
    await whenStopped(signal);
    return node.stop();
  }
  const webs = await listenForWebs(opened, served, node.gateway);
  try {
    await node.start();
    const beside = served.semester ? teach : getReady;
    await Promise.all([beside(opened, served, signal), whenStopped(signal)]);
  } finally {
    await webs.shut();
    await node.stop();
    webs.end();
  }
}

/** Plays the semester. What stops it is said, and the site goes on. */
async function teach(opened: Installation, served: Starting, signal: AbortSignal): Promise<void> {
  try {
    await playAlong(opened, served, signal);
  } catch (error) {
    if (signal.aborted) return;
    complain(`The semester does not go on: ${describeFailure(error, opened.log).sentence}`);
  }
}

/** Once the place is armed, builds what is missing and says when everything can be reserved. A failure is said, and the rest goes on. */
async function getReady(opened: Installation, served: Served, signal: AbortSignal): Promise<void> {
  const saying = (what: string) => (step: string) => say(`${what}: ${step} ...`);
  const { data, deps, log } = opened;
  try {
    while (!(await reading(deps.db, (reader) => isArmed(reader, served.placeId)))) await sleep(1_000, signal);
    const library = { data, placeId: served.placeId, signal };
    await ensureTiny(deps, { ...library, progress: saying('Building the image tiny') });
    const firmwares = (await rackNodes(data.path)).map(({ firmware }) => firmware);
    const progress = saying('Offering it for bare metal');
    if (firmwares.includes('bios')) await ensureTinyMetal(deps, { ...library, progress });
    const uefi = { ...library, progress: saying('Building the image tiny-metal-uefi') };
    if (firmwares.includes('uefi')) await ensureTinyMetalUefi(deps, uefi);
    while (!(await createServices(deps).health()).ready) await sleep(500, signal);
    say('Everything is ready.');
  } catch (error) {
    if (signal.aborted) return;
    complain(`The image tiny could not be built: ${describeFailure(error, log).sentence}`);
    complain('"labrador image build tiny" tries again; everything else works.');
  }
}

/** Guests that nobody reserved stop with the last daemon of the place; the others go on. */
async function stopFreeGuests(opened: Installation, served: Served): Promise<void> {
  const others = runningDaemons(opened.data.path).filter((pid) => pid !== process.pid);
  if (others.length > 0) return;
  await stopMachines(opened, served, false);
  say('Stopped.');
}
