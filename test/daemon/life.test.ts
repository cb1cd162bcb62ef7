import assert from 'node:assert/strict';
import { reading } from '../../db/transaction.ts';
import type { LabError } from '../../src/domain/errors.ts';
import { eachEngine } from '../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../helpers/lab.ts';

/** One reservation all the way through, on simulated machines. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  afterEach(() => lab.close());

  it('books, loads, ends and cleans, and gives the node to the next person', async () => {
    lab = await makeLab(await open(), { nodes: 1 });
    await lab.startDaemon();
    const ann = await lab.person('ann');
    const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
    const ready = await lab.reaches(ann, id, 'reserved');
    assert.equal(ready.simulated, true);
    assert.equal(ready.steps.at(-1)?.state, 'done');
    assert.ok(ready.end - (ready.readyAt ?? 0) === 60 * 60_000, 'the minutes count from ready');

    await lab.services.endReservation(ann, id);
    const ended = await lab.reaches(ann, id, 'complete');
    assert.match(ended.reason ?? '', /You ended it/);
    await lab.until(async () => (await states(lab)).every((state) => state === 'available'));
    await checkBooks(lab.db);
    const bob = await lab.person('bob');
    const next = await lab.services.reserve(bob, { image: 'simulated', minutes: 30 });
    await lab.reaches(bob, next.id, 'reserved');
  });

  it('ends a booking that has not begun, and frees its hours at once', async () => {
    lab = await makeLab(await open(), { nodes: 1 });
    await lab.startDaemon();
    const ann = await lab.person('ann');
    const start = Date.now() + 3 * 3_600_000;
    const { id, state, steps } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60, start });
    assert.equal(state, 'new');
    assert.deepEqual(
      steps.map((step) => step.state),
      ['done', 'todo', 'todo', 'todo', 'todo'],
    );
    await assert.rejects(lab.services.reserve(ann, { image: 'simulated', minutes: 60, start }), {
      code: 'reservation.no-machine',
    });
    await lab.services.endReservation(ann, id);
    await lab.reaches(ann, id, 'complete');
    await lab.services.reserve(ann, { image: 'simulated', minutes: 60, start });
    await checkBooks(lab.db);
  });

  it('lets nobody have what another has, and says when it is free', async () => {
    lab = await makeLab(await open(), { nodes: 1 });
    await lab.startDaemon();
    const ann = await lab.person('ann');
    const bob = await lab.person('bob');
    const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
    await assert.rejects(
      lab.services.reserve(bob, { image: 'simulated', minutes: 60 }),
      ({ alternatives }: LabError) => {
        const next = alternatives.find(({ kind }) => kind === 'start');
        assert.ok((next?.start ?? 0) > Date.now(), 'the next time it is free');
        return true;
      },
    );
    await assert.rejects(lab.services.getReservation(bob, id), { code: 'not-found' });
  });
});

function states(lab: Lab): Promise<string[]> {
  return reading(lab.db, async (reader) =>
    (await reader.rows<{ state: string }>('SELECT state FROM nodes')).map((row) => row.state),
  );
}
