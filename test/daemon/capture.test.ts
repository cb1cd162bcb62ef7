import assert from 'node:assert/strict';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignedIn } from '../../src/services/views.ts';
import { eachEngine } from '../helpers/database.ts';
import { logIn } from '../helpers/guest-ssh.ts';
import { checkBooks, type Lab } from '../helpers/lab.ts';
import { makeRealLab } from '../helpers/real-machines.ts';

/** An image admin's day on real guests: take a machine, change it, capture it, and give it to others. */
eachEngine((engine, { open }) => {
  if (engine !== 'sqlite') return;
  let lab: Lab;
  afterEach(() => lab.close());

  it('captures a machine as an image that others get, clean, and goes on with it', async function () {
    this.timeout(300_000);
    lab = await makeRealLab(await open(), 2);
    await mkdir(join(lab.directory, 'images'), { recursive: true });
    await lab.startDaemon();
    const ida = await lab.person('ida', { role: 'image-admin' });
    const bob = await lab.person('bob');

    const taken = await lab.services.reserve(ida, { image: 'tiny', minutes: 60, imaging: true });
    assert.equal(taken.minutes, 720);
    await lab.reaches(ida, taken.id, 'reserved');
    const ada = await lab.person('ada', { role: 'administrator' });
    const [load] = await lab.services.loadsFor(ida, taken.id);
    assert.match(String(await lab.services.loadConsole(ada, load?.id ?? 0)), /tiny/);
    const made =
      'echo mine > kept; sudo sh -c "echo hello > /etc/program; echo secret > /root/.ash_history; echo x > /var/log/trace"';
    const first = await inShell(lab, ida, taken.id, made);

    const begun = await lab.services.capture(ida, taken.id, { title: 'Physics lab', goOn: true });
    assert.deepEqual([begun.image.name, begun.revision], ['physics-lab', 1]);
    await lab.reaches(ida, taken.id, 'inuse', 'reserved');
    assert.equal((await inShell(lab, ida, taken.id, 'cat kept')).output, 'mine\n');

    await assert.rejects(lab.services.reserve(bob, { image: 'physics-lab', minutes: 60 }), {
      code: 'image.unknown',
    });
    await lab.services.publishImage(ida, 'physics-lab', { visibility: 'everyone' });
    const his = await lab.services.reserve(bob, { image: 'physics-lab', minutes: 60 });
    await lab.reaches(bob, his.id, 'reserved');
    const look =
      'cat /etc/program; sudo ls /home; sudo ls /root/.ash_history /var/log/trace 2>&1; sudo wc -c </var/log/trace';
    const second = await inShell(lab, bob, his.id, look);
    assert.match(second.output, /^hello\nbob\n/);
    assert.match(second.output, /\.ash_history: No such file/);
    assert.match(second.output, /0\n$/);
    assert.notEqual(second.hostKey, first.hostKey);
    await lab.services.endReservation(bob, his.id);

    await inShell(lab, ida, taken.id, 'sudo sh -c "echo better > /etc/program"');
    await lab.services.capture(ida, taken.id, { revisionOf: 'physics-lab', comment: 'better' });
    await lab.reaches(ida, taken.id, 'complete');
    const revisions = await lab.services.listRevisions(ida, 'physics-lab');
    assert.deepEqual(
      revisions.map(({ number, state }) => [number, state]),
      [
        [2, 'ready'],
        [1, 'production'],
      ],
    );
    await lab.until(async () => (await lab.db.knex('nodes').where({ state: 'available' })).length === 2);

    const [captured] = (await lab.services.home(ida)).notices;
    assert.equal(captured?.text, 'Your machine was captured as physics-lab, revision 2.');
    assert.deepEqual(captured.image, { name: 'physics-lab', title: 'Physics lab' });

    await lab.services.makeProduction(ida, 'physics-lab', 2);
    await lab.until(
      async () => (await lab.services.listRevisions(ida, 'physics-lab'))[0]?.state === 'production',
    );
    const [now] = await lab.services.listRevisions(ida, 'physics-lab');
    assert.ok(now?.provenAt);
    const next = await lab.services.reserve(bob, { image: 'physics-lab', minutes: 60 });
    await lab.reaches(bob, next.id, 'reserved');
    assert.equal((await inShell(lab, bob, next.id, 'cat /etc/program')).output, 'better\n');

    const files = await readdir(join(lab.directory, 'images'));
    assert.deepEqual(files.sort(), ['physics-lab-v1.qcow2', 'physics-lab-v2.qcow2']);
    assert.equal((await stat(join(lab.directory, 'images', 'physics-lab-v2.qcow2'))).size, now?.sizeBytes);
    await checkBooks(lab.db);
  });
});

async function inShell(lab: Lab, me: SignedIn, id: number, command: string) {
  const { methods } = await lab.services.connect(me, id, '127.0.0.1');
  const [method] = methods;
  assert.ok(method);
  const shell = await logIn({ port: method.port, username: method.username, password: method.password });
  const { output } = await shell.run(command);
  shell.close();
  return { output, hostKey: shell.hostKey };
}
