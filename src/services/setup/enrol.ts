import { addEvent } from '../../../db/repositories/events.ts';
import { moveFiles } from '../../../db/repositories/image-files.ts';
import {
  addPlace,
  armPlace,
  ensureInstallation,
  findInstallation,
  findPlace,
} from '../../../db/repositories/installation.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { type DataDirectory, readPlaceFile, writePlaceFile } from '../../lib/data-directory.ts';
import { randomLetters } from '../../lib/secrets.ts';
import type { ServiceDeps } from '../deps.ts';
import { addFirstMachines } from './first-machines.ts';
import {
  addFirstPeople,
  drawFirstPasswords,
  type FirstPassword,
  forgetFirstPassword,
} from './first-people.ts';

/** What a start found out about where it is. */
export interface Enrolled {
  readonly installation: string;
  readonly placeId: number;
  /** False: this data directory and this database do not know each other. It is read and shown; no machine is touched. */
  readonly armed: boolean;
  /** False: the data directory was copied or moved, or has another master key. A daemon must not even wait for being armed. */
  readonly trusted: boolean;
  /** Only after the very first start: to be shown once. */
  readonly firstPasswords: readonly { readonly name: string; readonly password: string }[];
}

export interface EnrolOptions {
  readonly placeName: string;
  /** Of this computer; null: it gets no first machines. */
  readonly totalMemoryMb: number | null;
}

/**
 * Makes a fresh database an installation with its first accounts and machines, and finds (or notes) the data directory's
 * place in it. May be killed anywhere and run again: everything in the database is one transaction, the files around it
 * say only what is so already or not yet believed.
 */
export async function enrol(
  deps: ServiceDeps,
  data: DataDirectory,
  options: EnrolOptions,
): Promise<Enrolled> {
  const place = await readPlaceFile(data.path);
  const isNew = (await findInstallation(deps.db)) === null;
  const passwords = isNew ? await drawFirstPasswords(data) : [];
  const found = await inTransaction(deps.db, async (tx) => {
    const installation = await ensureInstallation(tx, randomLetters(8), deps.cipher.seal(keyText));
    const known = await findPlace(tx, place.uuid);
    const fresh = installation.created && place.installation === null;
    if (known && place.elsewhere && tx.engine === 'sqlite') await armPlace(tx, known.id, false);
    const placeId = known?.id ?? (await addPlace(tx, place.uuid, options.placeName, fresh));
    if (installation.created) {
      await addFirstPeople(tx, passwords);
      const { totalMemoryMb } = options;
      if (totalMemoryMb !== null) await addFirstMachines(tx, installation.uuid, placeId, totalMemoryMb);
      await addEvent(tx, { kind: 'installation.made' });
    }
    const trusted = !place.elsewhere && fitsKey(deps, installation.keyCheck);
    return { ...installation, placeId, trusted, armed: (fresh || known?.armed === 1) && trusted };
  });
  if (found.armed && place.installation === null) await writePlaceFile(data.path, place.uuid, found.uuid);
  if (!found.created) await forgetAll(data, passwords);
  return {
    installation: found.uuid,
    placeId: found.placeId,
    armed: found.armed,
    trusted: found.trusted,
    firstPasswords: found.created ? passwords.map(({ name, password }) => ({ name, password })) : [],
  };
}

/** Another process made the accounts first: these passwords are nobody's. */
async function forgetAll(data: DataDirectory, passwords: readonly FirstPassword[]): Promise<void> {
  for (const { name } of passwords) await forgetFirstPassword(data, name);
}

/**
 * What `labrador arm` and `labrador join` do: from now on the machines of this data directory are this database's. Throws
 * LabError when the database is no installation yet, or has another master key.
 */
export async function arm(deps: ServiceDeps, data: DataDirectory, placeName: string): Promise<void> {
  const place = await readPlaceFile(data.path);
  const installation = await findInstallation(deps.db);
  if (installation === null) {
    throw new LabError('not-found', { detail: 'This database is empty: "labrador start" sets it up.' });
  }
  if (!fitsKey(deps, installation.keyCheck)) {
    const detail = `The master key is another one: copy master.key of the installation's first data directory to ${data.path}.`;
    throw new LabError('not-allowed', { detail });
  }
  await inTransaction(deps.db, async (tx) => {
    const known = await findPlace(tx, place.uuid);
    if (known) {
      await armPlace(tx, known.id, true);
      await moveFiles(tx, known.id, data.images);
    } else await addPlace(tx, place.uuid, placeName, true);
    await addEvent(tx, { kind: 'place.armed', data: { place: place.uuid } });
  });
  await writePlaceFile(data.path, place.uuid, installation.uuid);
}

/** The place of this data directory. Throws place.disarmed when the database does not know it. */
export async function findServedPlace(deps: ServiceDeps, data: DataDirectory): Promise<number> {
  const { uuid } = await readPlaceFile(data.path);
  const place = await reading(deps.db, (reader) => findPlace(reader, uuid));
  if (!place) throw new LabError('place.disarmed');
  return place.id;
}

/** The place of this data directory, if its machines are this database's; null where none may be touched. */
export async function findArmedPlace(deps: ServiceDeps, data: DataDirectory): Promise<number | null> {
  const { uuid, elsewhere } = await readPlaceFile(data.path);
  const keyCheck = (await findInstallation(deps.db))?.keyCheck ?? null;
  const place = await reading(deps.db, (reader) => findPlace(reader, uuid));
  return place?.armed === 1 && !elsewhere && fitsKey(deps, keyCheck) ? place.id : null;
}

const keyText = 'labrador';

/** Is what this installation sealed readable here? */
function fitsKey(deps: ServiceDeps, sealed: string | null): boolean {
  try {
    return sealed === null || deps.cipher.open(sealed) === keyText;
  } catch {
    return false;
  }
}
