import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import type { PredictionView, SignedIn } from '../../../src/services/views.ts';
import { someone } from '../../helpers/administrators.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import { holdings } from '../../helpers/holdings.ts';
import { checkBooks, type Lab, type LabOptions, makeLab } from '../../helpers/lab.ts';
import { addChemistry } from '../../helpers/second-image.ts';

const chemistry = 2;

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let admin: SignedIn;
  let ann: SignedIn;

  const set = async (nodes: number, options: LabOptions = {}) => {
    lab = await makeLab(await open(), { nodes, ...options });
    [admin, ann] = [await someone(lab.deps, 'admin', 'administrator'), await someone(lab.deps, 'ann')];
    await addChemistry(lab);
  };
  afterEach(async () => {
    await checkBooks(lab.db);
    await lab.close();
  });

  const settle = () => runUntilSettled(lab.db, lab.directory);
  const prediction = () => lab.services.prediction(admin);
  const imageIn = (view: PredictionView, name: string) => view.images.find((image) => image.name === name);
  const nodes = () => holdings(lab, admin);

  it('loads a machine that comes back from its person with what is likely next, or empties it, as its pool says', async () => {
    await set(1);
    const use = async () => {
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await settle();
      await inTransaction(lab.db, (tx) => tx.table('nodes').update({ tainted: 1, unclean: 1 }));
      await settle();
      return id;
    };
    await lab.services.setSpares(admin, 'chemistry', 1);
    const first = await use();
    assert.deepEqual(await nodes(), ['simulated-v1 spare']);
    assert.equal(imageIn(await prediction(), 'chemistry')?.next, 1);
    await lab.services.endReservation(ann, first);
    await settle();
    assert.deepEqual(await nodes(), ['chemistry-v1 spare']);

    await assert.rejects(lab.services.setPredictive(admin, 1, 'level_9'), { code: 'input.invalid' });
    await lab.services.setPredictive(admin, 1, 'level_2');
    const second = await use();
    await lab.services.endReservation(ann, second);
    await settle();
    assert.deepEqual(await nodes(), ['null empty']);
    await use();
  });

  /** Loads of an image hang until they are cut. */
  const hanging = (name: string) => {
    const { simulator } = provisioning;
    const load: typeof simulator.load = (context) =>
      context.revision?.imageName === name
        ? new Promise((_resolve, reject) => {
            context.signal.addEventListener('abort', () => reject(context.signal.reason as Error), {
              once: true,
            });
          })
        : simulator.load(context);
    return { ...provisioning, simulator: { ...simulator, simulated: false, load } };
  };
  const loadsOf = (image: number) =>
    reading(lab.db, (reader) =>
      reader.rows('SELECT id FROM loads WHERE image_id = ? AND ended_at IS NULL', [image]),
    );

  for (const [what, size] of [
    ['the machine itself is booked', 1],
    ['it has the only slot in which machines are loaded', 2],
  ] as const)
    it(`cuts a load ahead where ${what}`, async () => {
      const over = { provisioning: hanging('chemistry'), bootSlots: 1 };
      await set(size, { over });
      await inTransaction(lab.db, (tx) => tx.table('nodes').update({ preferred_image_id: null }));
      await lab.services.setSpares(admin, 'chemistry', 1);
      await lab.startDaemon();
      await lab.until(async () => (await loadsOf(chemistry)).length === 1);
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await lab.reaches(ann, id, 'reserved');
    });
});
