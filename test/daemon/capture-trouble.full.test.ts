import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { SignedIn } from '../../src/services/views.ts';
import { eachEngine } from '../helpers/database.ts';
import { logIn } from '../helpers/guest-ssh.ts';
import { checkBooks, type Lab } from '../helpers/lab.ts';
import { makeRealLab } from '../helpers/real-machines.ts';
import { mayMount, smallDisk } from '../helpers/small-disk.ts';

/** What can go wrong with a capture on a real guest: the old revision stays, the cause is named, nothing looks like an image. */
eachEngine((engine, { open }) => {
  if (engine !== 'sqlite') return;
  let lab: Lab;
  let ida: SignedIn;
  let id: number;

  beforeEach(async function () {
    this.timeout(120_000);
    lab = await makeRealLab(await open(), 1);
    await lab.startDaemon();
    ida = await lab.person('ida', { role: 'image-admin' });
    id = (await lab.services.reserve(ida, { image: 'tiny', minutes: 60, imaging: true })).id;
    await lab.reaches(ida, id, 'reserved');
    await inShell('echo mine > kept; sync');
  });
  afterEach(() => lab.close());

  it('a machine that hangs is started anew from its own disk, and captured', async function () {
    this.timeout(300_000);
    process.kill(qemuPid(), 'SIGSTOP');
    await lab.services.capture(ida, id, { title: 'Hung', goOn: true });
    await lab.until(async () => (await state()) !== 'checkpoint', 240);
    assert.equal(await inShell('cat kept'), 'mine\n');
    assert.deepEqual(readdirSync(join(lab.directory, 'images')), ['hung-v1.qcow2']);
    await checkBooks(lab.db);
  });

  it('a disk that is damaged fails with its cause, and can be given up', async function () {
    this.timeout(300_000);
    await lab.services.capture(ida, id, { title: 'Damaged' });
    await lab.until(async () => lastProgress(await lab.services.history(ida, id)) === 'Shutting down.');
    truncateSync(guestFile('disk.qcow2'), 66_000);
    await lab.until(failure, 240);
    const view = await lab.services.getReservation(ida, id);
    assert.equal(view.state, 'image');
    assert.notEqual(view.captureFailure, '');
    assert.deepEqual(readdirSync(join(lab.directory, 'images')), []);
    const [revision] = await lab.services.listRevisions(ida, 'damaged');
    assert.equal(revision?.state, 'not-captured');
    assert.equal(revision.suspendedBecause, view.captureFailure);
    await assert.rejects(lab.services.reserve(ida, { image: 'damaged', minutes: 60 }), {
      code: 'image.not-ready',
    });
    await lab.services.endReservation(ida, id);
    await lab.reaches(ida, id, 'complete');
    await lab.until(async () => (await lab.db.knex('nodes').first()).state === 'available');
    await lab.until(async () => (await lab.db.knex('images').where({ name: 'damaged' })).length === 0);
    await checkBooks(lab.db);
  });

  it('images on another disk than the machines are refused in words, and the capture can be given up', async function () {
    if (!mayMount) this.skip();
    this.timeout(300_000);
    const disk = smallDisk(join(lab.directory, 'images'), 4);
    try {
      await lab.services.capture(ida, id, { title: 'Later' });
      assert.match(String(await lab.until(failure, 240)), /must lie on one disk/);
      assert.deepEqual(readdirSync(join(lab.directory, 'images')), []);
      await lab.services.giveUpCapture(ida, id);
      await lab.reaches(ida, id, 'reserved', 'inuse');
      assert.equal(await inShell('cat kept'), 'mine\n');
    } finally {
      disk.remove();
    }
    await checkBooks(lab.db);
  });

  const state = async () => (await lab.services.getReservation(ida, id)).state;
  const failure = async () => (await lab.services.getReservation(ida, id)).captureFailure;
  const guest = () => readdirSync(join(lab.directory, 'pools', '2'))[0] ?? '';
  const guestFile = (name: string) => join(lab.directory, 'pools', '2', guest(), name);
  const qemuPid = () => Number(readFileSync(guestFile('qemu.pid'), 'utf8'));

  async function inShell(command: string): Promise<string> {
    const { methods } = await lab.services.connect(ida, id, '127.0.0.1');
    const [method] = methods;
    assert.ok(method);
    const shell = await logIn({ port: method.port, username: method.username, password: method.password });
    const { output } = await shell.run(command);
    shell.close();
    return output;
  }
});

function lastProgress(lines: readonly { kind: string; text: string }[]): string | undefined {
  return lines.findLast((line) => line.kind === 'progress')?.text;
}
