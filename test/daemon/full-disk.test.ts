import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database, migrate } from '../../db/connect.ts';
import { reading } from '../../db/transaction.ts';
import { checkBooks, type Lab, makeLab } from '../helpers/lab.ts';
import { silentLog } from '../helpers/module-context.ts';
import { mayMount, type SmallDisk, smallDisk } from '../helpers/small-disk.ts';

/** The database's disk is really full: what was accepted stays, what cannot be is refused in a sentence, and it heals. */
describe('a full disk under the database', function () {
  this.timeout(180_000);
  let folder: string;
  let disk: SmallDisk;
  let db: Database;
  let lab: Lab;
  const logged = new EventEmitter();
  const log = { ...silentLog, error: (_: object, message: string) => void logged.emit(message) };
  before(async function () {
    if (!mayMount) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'labrador-full-'));
    disk = smallDisk(folder, 8);
    db = connectDatabase(`sqlite:${join(folder, 'labrador.sqlite')}`);
    await migrate(db);
    lab = await makeLab(db, { nodes: 2, simulator: { loadSeconds: 1, spread: 0 }, over: { log } });
  });
  after(async () => {
    await lab?.close();
    await db?.close();
    disk?.remove();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it('refuses bookings with a sentence, keeps what was accepted, and goes on when there is room', async () => {
    const ann = await lab.person('ann');
    const bob = await lab.person('bob');
    const unrecorded = once(logged, 'a task could not be recorded');
    await lab.startDaemon();
    const first = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
    disk.fill();
    await exhaust(() => lab.services.reserve(bob, { image: 'simulated', minutes: 60 }));
    const before = await bookings();
    await assert.rejects(lab.services.reserve(bob, { image: 'simulated', minutes: 60 }), {
      code: 'disk.full',
      message: /disk of the server is full.*Nothing was changed/,
    });
    await assert.rejects(lab.services.endReservation(ann, first.id), { code: 'disk.full' });
    assert.equal(await bookings(), before);
    assert.equal((await lab.services.getReservation(ann, first.id)).state, 'new');
    await unrecorded;
    disk.free();
    await lab.reaches(ann, first.id, 'reserved');
    await lab.services.endReservation(ann, first.id);
    await lab.reaches(ann, first.id, 'complete');
    await checkBooks(db);
  });

  /** SQLite has pages of its log left to write over: uses them up. */
  async function exhaust(write: () => Promise<unknown>): Promise<void> {
    for (let n = 0; n < 500; n++) {
      const error = await write().then(
        () => null,
        (reason: { code?: string }) => reason.code,
      );
      if (error === 'disk.full') return;
    }
    assert.fail('the disk was never full');
  }

  const bookings = async () => {
    const [row] = await reading(db, (reader) =>
      reader.rows<{ n: number }>('SELECT COUNT(*) AS n FROM reservations'),
    );
    return Number(row?.n);
  };
});
