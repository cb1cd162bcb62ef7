import assert from 'node:assert/strict';
import { inTransaction } from '../../db/transaction.ts';
import type { Mail } from '../../src/lib/mail.ts';
import type { NoticeView, SignedIn } from '../../src/services/views.ts';
import { makeCrashLab, poolFolder } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import type { Lab } from '../helpers/lab.ts';
import { type Fault, setFault } from '../helpers/test-machines.ts';

/** What an image's owner, and whoever asked for it, are told of a revision that is made the production one. */
eachEngine((_engine, { open }) => {
  let lab: Lab;
  let mails: Mail[];
  let ida: SignedIn;
  let admin: SignedIn;
  afterEach(() => lab.close());

  /** Three idle machines with the first revision of ida's image; the second has not been loaded yet. */
  const set = async () => {
    mails = [];
    const send = (mail: Mail) => Promise.resolve(void mails.push(mail));
    const over = { mailer: { site: 'https://lab.example.org', from: 'lab@example.org', send } };
    lab = await makeCrashLab(await open(), { nodes: 3, over });
    ida = await lab.person('ida', { role: 'image-admin' });
    admin = await lab.person('admin', { role: 'administrator' });
    await inTransaction(lab.db, (tx) => tx.table('images').update({ owner_id: ida.id }));
    await lab.startDaemon();
    await lab.until(async () => {
      const idle = await lab.db.knex('nodes').where({ state: 'available', revision_id: 1 });
      const loading = await lab.db
        .knex('tasks')
        .whereIn('action', ['commission', 'reload'])
        .whereIn('status', ['queued', 'running']);
      return idle.length === 3 && loading.length === 0;
    });
    await inTransaction(lab.db, async (tx) => {
      const [first] = await tx.rows<object>('SELECT * FROM image_revisions WHERE id = 1');
      await tx.table('image_revisions').insert({ ...first, id: 2, number: 2, proven_at: null });
      await tx.table('image_revisions').update({ place_id: 1 });
    });
  };
  const makeProduction = (me: SignedIn, number: number) =>
    lab.services.makeProduction(me, 'simulated', number);
  const production = async () =>
    Number((await lab.db.knex('images').where({ id: 1 }))[0].production_revision_id);
  const fault = (node: number, what: Fault) => setFault(poolFolder(lab.directory), `sim${node}`, what);
  const told = (me: SignedIn, kind: string): Promise<NoticeView> =>
    lab.until(async () => {
      const { notices } = await lab.services.home(me);
      return notices.find(({ key }) => key.startsWith(`${kind}-`)) ?? false;
    });

  it('tells both when it is done, how many machines were reloaded and how to go back, and then that it was', async () => {
    await set();
    await makeProduction(admin, 2);
    for (const me of [ida, admin]) {
      const { text, tone, image } = await told(me, 'production');
      assert.match(text, /^Revision 2 of Simulated is in production\. \d machines were reloaded with it\./);
      assert.match(text, /Back to revision 1 is one click on its page\.$/);
      assert.deepEqual([tone, image], ['good', { name: 'simulated', title: 'Simulated' }]);
    }
    await lab.until(() => Promise.resolve(mails.length === 2));
    assert.deepEqual(mails.map(({ to }) => to).sort(), ['admin@example.org', 'ida@example.org']);
    assert.match(mails[0]?.subject ?? '', /^Simulated: Revision 2 of Simulated is in production/);
    assert.match(mails[0]?.text ?? '', /https:\/\/lab\.example\.org\/images\/simulated$/m);

    await makeProduction(ida, 1);
    for (const me of [ida, admin])
      await lab.until(async () =>
        (await told(me, 'production')).text.startsWith('Simulated is back at revision 1.'),
      );
    const { notices } = await lab.services.home(ida);
    assert.equal(notices.length, 1, 'what is true no more is put away');
    await lab.until(() => Promise.resolve(mails.length === 4));
    await lab.services.dismissNotice(ida, notices[0]?.id ?? 0);
    assert.deepEqual((await lab.services.home(ida)).notices, []);
  });

  it('tells which machine it stopped at, why, and what is in production', async () => {
    await set();
    await inTransaction(lab.db, (tx) => tx.table('image_revisions').update({ proven_at: tx.now }));
    fault(2, { kind: 'node_broken', left: 1 });
    await makeProduction(ida, 2);
    const stopped = await told(ida, 'rollout');
    assert.match(
      stopped.text,
      /^Putting revision 2 of Simulated into production stopped: It is in production, but a machine could not be reloaded, and the others were left: sim2: It failed as the test wants it\. Back to revision 1 is one click on its page\.$/,
    );
    assert.equal(stopped.tone, 'bad');
    assert.equal(await production(), 2);
  });

  it('tells that what does not load anywhere was left, and that the one before is still in production', async () => {
    await set();
    for (const n of [1, 2, 3]) fault(n, { kind: 'node_broken', left: 1 });
    await makeProduction(ida, 2);
    const { text } = await told(ida, 'rollout');
    assert.match(
      text,
      /stopped: It does not load: sim\d: It failed as .* it\. Revision 1 is still in production\.$/,
    );
    assert.equal(await production(), 1);
  });

  it('gives way to the revision that is asked for meanwhile, which stays', async () => {
    await set();
    await inTransaction(lab.db, (tx) => tx.table('image_revisions').update({ proven_at: tx.now }));
    for (const n of [1, 2, 3]) fault(n, { kind: 'hang', left: 1 });
    await makeProduction(admin, 2);
    await lab.until(async () => (await production()) === 2);
    await makeProduction(ida, 1);
    for (const me of [ida, admin])
      assert.match((await told(me, 'superseded')).text, /Revision 2 .*: revision 1 was asked for instead\.$/);
    assert.match((await told(ida, 'production')).text, /^Simulated is back at revision 1\./);
    assert.equal(await production(), 1);
  });
});
