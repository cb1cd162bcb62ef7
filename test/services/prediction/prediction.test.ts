import assert from 'node:assert/strict';
import { reading } from '../../../db/transaction.ts';
import { hour, minute } from '../../../src/domain/time.ts';
import type { PredictionView, SignedIn } from '../../../src/services/views.ts';
import { someone } from '../../helpers/administrators.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import { eachEngine } from '../../helpers/database.ts';
import { holdings } from '../../helpers/holdings.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';
import { passTo } from '../../helpers/pass-time.ts';
import { addChemistry } from '../../helpers/second-image.ts';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let admin: SignedIn;
  let ann: SignedIn;

  const set = async (nodes: number) => {
    lab = await makeLab(await open(), { nodes });
    [admin, ann] = [await someone(lab.deps, 'admin', 'administrator'), await someone(lab.deps, 'ann')];
    await addChemistry(lab);
  };
  afterEach(async () => {
    await checkBooks(lab.db);
    await lab.close();
  });

  const settle = () => runUntilSettled(lab.db, lab.directory);
  const now = () => reading(lab.db, (reader) => Promise.resolve(reader.now));
  const prediction = () => lab.services.prediction(admin);
  const imageIn = (view: PredictionView, name: string) => view.images.find((image) => image.name === name);
  const nodes = () => holdings(lab, admin);

  it('keeps spares of an image, without taking a quarter hour of a machine, until it is paused', async () => {
    await set(3);
    await settle();
    assert.deepEqual(
      await nodes(),
      Array.from({ length: 3 }, () => 'simulated-v1'),
    );
    await assert.rejects(lab.services.setSpares(ann, 'chemistry', 1), { code: 'not-allowed' });
    await assert.rejects(lab.services.setSpares(admin, 'chemistry', -1), { code: 'input.invalid' });
    await assert.rejects(lab.services.setSpares(admin, 'nothing', 1), { code: 'image.unknown' });
    await lab.services.setSpares(admin, 'chemistry', 1);
    await settle();
    assert.deepEqual((await nodes()).sort(), ['chemistry-v1 spare', 'simulated-v1', 'simulated-v1']);
    const ready = imageIn(await prediction(), 'chemistry');
    assert.deepEqual([ready?.spares, ready?.ready, ready?.loading], [1, 1, 0]);

    await lab.services.pausePrediction(admin, true);
    await lab.services.setSpares(admin, 'chemistry', 2);
    await settle();
    assert.deepEqual((await nodes()).sort(), ['chemistry-v1', 'simulated-v1', 'simulated-v1']);
    assert.notEqual((await prediction()).pausedAt, null);
    await lab.services.pausePrediction(admin, false);
    await settle();
    assert.deepEqual((await nodes()).sort(), ['chemistry-v1 spare', 'chemistry-v1 spare', 'simulated-v1']);
  });

  it('counts what was taken in each hour and who found it loaded, once, and expects it again', async () => {
    await set(2);
    await settle();
    const begun = Math.ceil((await now()) / hour) * hour;
    await passTo(lab, begun + minute);
    await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
    await lab.services.reserve(ann, { image: 'chemistry', minutes: 60 });
    await settle();
    await passTo(lab, begun + hour + 10 * minute);
    await settle();
    await settle();
    const view = await prediction();
    assert.deepEqual(view.lastWeek, { atOnce: 2, found: 1 });
    assert.deepEqual([imageIn(view, 'simulated')?.found, imageIn(view, 'chemistry')?.found], [1, 0]);
    assert.equal(view.countedUntil, begun + hour);
    assert.ok((imageIn(view, 'simulated')?.expected ?? 0) > 0);
  });
});
