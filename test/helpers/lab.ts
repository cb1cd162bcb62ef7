import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../db/connect.ts';
import { materialiseHorizon } from '../../db/repositories/occupancy.ts';
import { auditOccupancy } from '../../db/repositories/occupancy-audit.ts';
import { auditOffers } from '../../db/repositories/waiters.ts';
import { inSnapshot, inTransaction } from '../../db/transaction.ts';
import { predictive } from '../../modules/predictive/registry.ts';
import { provisioning } from '../../modules/provisioning/registry.ts';
import { states } from '../../modules/state/registry.ts';
import { createDaemon, type Daemon } from '../../src/daemon/create-daemon.ts';
import type { DaemonDeps } from '../../src/daemon/deps.ts';
import { terminalsOf } from '../../src/daemon/gateway-doors.ts';
import type { TimeSettings } from '../../src/domain/contracts/time-settings.ts';
import { type Limits, noLimits } from '../../src/domain/limits.ts';
import type { Role } from '../../src/domain/may.ts';
import { createCipher } from '../../src/lib/cipher.ts';
import { createServices } from '../../src/services/create-services.ts';
import { onChange } from '../../src/services/reservations/watch.ts';
import type { ReservationView, SignedIn } from '../../src/services/views.ts';

export const testTimes: TimeSettings = {
  acknowledgeSeconds: 900,
  initialConnectSeconds: 900,
  reconnectSeconds: 900,
  idleSeconds: 0,
  inuseCheckSeconds: 30,
  ignoreConnectionsFromMinutes: 1440,
  loadTimeoutSeconds: 60,
  graceSeconds: 120,
};

export const testKey = Buffer.alloc(32, 7);

export interface LabOptions {
  readonly nodes?: number;
  /** Settings of the simulator; loads take no time unless told. */
  readonly simulator?: Readonly<Record<string, unknown>>;
  readonly times?: Partial<TimeSettings>;
  readonly over?: Partial<DaemonDeps>;
}

/** A whole installation with simulated machines over a test's database: rows, services and a daemon that can be started. */
export async function makeLab(db: Database, options: LabOptions = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'labrador-lab-'));
  mkdirSync(join(directory, 'images'));
  await fill(db, options.nodes ?? 2, options.simulator ?? {});
  const deps = daemonDeps(db, directory, options);
  const daemons: Daemon[] = [];
  return {
    db,
    deps,
    directory,
    daemons,
    services: createServices(deps),
    person: (name: string, over: PersonOptions = {}) => addPerson(db, name, over),
    async startDaemon(over: Partial<DaemonDeps> = {}): Promise<Daemon> {
      const daemon = createDaemon({ ...deps, ...over });
      daemons.push(daemon);
      await daemon.start();
      return daemon;
    },
    /** Waits until `look` answers with something; fails after `seconds`. */
    until: <T>(look: () => Promise<T | null | false>, seconds?: number) => until(db, look, seconds),
    async reaches(me: SignedIn, id: number, ...wanted: ReservationView['state'][]): Promise<ReservationView> {
      return until(db, async () => {
        const view = await createServices(deps).getReservation(me, id);
        return wanted.includes(view.state) && view;
      });
    },
    async close() {
      for (const daemon of daemons) await daemon.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
export type Lab = Awaited<ReturnType<typeof makeLab>>;

export function daemonDeps(db: Database, directory: string, options: LabOptions = {}): DaemonDeps {
  const silent = { debug: noop, info: noop, warn: noop, error: noop };
  return {
    db,
    cipher: createCipher(testKey),
    descriptors: provisioning,
    provisioning,
    predictive,
    os: {},
    states,
    times: { ...testTimes, ...options.times },
    log: process.env.LABRADOR_TEST_LOG ? loud : silent,
    version: 'test',
    installation: 'testlab',
    placeId: 1,
    dataDirectory: directory,
    holder: `test:${randomBytes(6).toString('hex')}`,
    bootSlots: 2,
    terminals: {
      terminalsOf: (id) => terminalsOf({ db }, id),
      closeTerminals: () => Promise.resolve(),
      say: () => Promise.resolve(),
    },
    openProxy: () => Promise.resolve(),
    mailer: null,
    ...options.over,
  };
}

const noop = () => undefined;
const say = (facts: object, message: string) => console.error(message, facts);
const loud = { debug: noop, info: say, warn: say, error: say };

async function until<T>(db: Database, look: () => Promise<T | null | false>, seconds = 120): Promise<T> {
  const found = await onChange(db, seconds * 1000, async () => (await look()) || null);
  if (found === null) throw new Error(`did not happen within ${seconds} s`);
  return found;
}

async function fill(
  db: Database,
  nodes: number,
  simulator: Readonly<Record<string, unknown>>,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const at = { created_at: tx.now };
    await tx.table('installation').insert({ id: 1, uuid: 'testlab', ...at });
    await tx.table('places').insert({ id: 1, uuid: 'place', name: 'here', armed: 1, ...at });
    await tx.table('pools').insert({
      id: 1,
      name: 'simulator',
      module: 'simulator',
      settings: JSON.stringify({ loadSeconds: 0, spread: 0, ...simulator }),
      reach: 'none',
      place_id: 1,
      ...at,
    });
    await tx.table('images').insert({
      id: 1,
      name: 'simulated',
      title: 'Simulated',
      description: 'No machine',
      notes: '',
      icon: 'robot',
      os_module: 'none',
      production_revision_id: 1,
      ...at,
    });
    await tx.table('image_revisions').insert({
      id: 1,
      image_id: 1,
      number: 1,
      format: 'simulated',
      file: '',
      size_bytes: 0,
      virtual_bytes: 0,
      system: '{}',
      ready_at: tx.now,
      ...at,
    });
    for (let n = 1; n <= nodes; n++) await addNode(tx, n);
    await materialiseHorizon(
      tx,
      Array.from({ length: nodes }, (_, i) => i + 1),
    );
  });
}

async function addNode(tx: Parameters<Parameters<typeof inTransaction>[1]>[0], id: number): Promise<void> {
  await tx.table('nodes').insert({
    id,
    name: `sim${id}`,
    pool_id: 1,
    place_id: 1,
    state: 'available',
    cpus: 1,
    memory_mb: 256,
    disk_mb: 1024,
    mac: `02:00:00:00:00:${id.toString(16).padStart(2, '0')}`,
    preferred_image_id: 1,
    host_keys: '[]',
    state_at: tx.now,
    created_at: tx.now,
  });
}

interface PersonOptions {
  readonly role?: Role;
  readonly limits?: Partial<Limits>;
}

async function addPerson(db: Database, name: string, over: PersonOptions): Promise<SignedIn> {
  const id = await inTransaction(db, async (tx) => {
    const row = { name, display_name: name, email: `${name}@example.org`, created_at: tx.now };
    const [user] = await tx.table('users').insert(row);
    return Number(user);
  });
  return {
    id,
    name,
    role: over.role ?? 'user',
    displayName: name,
    email: `${name}@example.org`,
    timeZone: null,
    limits: { ...noLimits, ...over.limits },
    mustChangePassword: false,
  };
}

/** The books must be right, and nothing may be left half done. */
export async function checkBooks(db: Database): Promise<void> {
  const differences = await inSnapshot(db, (reader) => auditOccupancy(reader, 0));
  if (differences.length > 0) throw new Error(`the books differ: ${JSON.stringify(differences)}`);
  const offers = await inSnapshot(db, auditOffers);
  if (offers.length > 0) throw new Error(`the offers differ: ${offers.join(', ')}`);
}
