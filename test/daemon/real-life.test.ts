import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SignedIn } from '../../src/services/views.ts';
import { eachEngine } from '../helpers/database.ts';
import { logIn } from '../helpers/guest-ssh.ts';
import { checkBooks, type Lab } from '../helpers/lab.ts';
import { makeRealLab } from '../helpers/real-machines.ts';

/** A reservation all the way through on a real guest, as its person lives it. */
eachEngine((engine, { open }) => {
  if (engine !== 'sqlite') return;
  let lab: Lab;
  afterEach(() => lab.close());

  it('gives a real machine, keeps its disk through a reboot and a crash, and leaves nothing to the next person', async function () {
    this.timeout(180_000);
    lab = await makeRealLab(await open(), 1);
    await lab.startDaemon();
    const ann = await lab.person('ann');
    const { id } = await lab.services.reserve(ann, { image: 'tiny', minutes: 60 });
    await lab.reaches(ann, id, 'reserved');
    await assert.rejects(lab.services.connection(ann, id), { code: 'reservation.not-connected' });
    await inShell(lab, ann, id, 'echo mine > kept; sudo sh -c "echo root > /etc/ours"');

    await lab.services.reboot(ann, id);
    await lab.reaches(ann, id, 'reserved', 'inuse');
    assert.equal(await inShell(lab, ann, id, 'cat kept'), 'mine\n');

    process.kill(guestPid(lab), 'SIGKILL');
    await lab.until(async () =>
      (await notices(lab, ann, id)).some((text) => text.includes('from its own disk')),
    );
    assert.equal(await inShell(lab, ann, id, 'cat kept'), 'mine\n');

    await lab.services.endReservation(ann, id);
    await lab.reaches(ann, id, 'complete');
    await assert.rejects(lab.services.connection(ann, id), { code: 'reservation.not-ready' });
    await lab.until(async () => (await lab.db.knex('nodes').first()).state === 'available');
    const bob = await lab.person('bob');
    const next = await lab.services.reserve(bob, { image: 'tiny', minutes: 60 });
    await lab.reaches(bob, next.id, 'reserved');
    assert.equal(
      await inShell(lab, bob, next.id, 'sudo ls /home; ls /etc/ours'),
      'bob\nls: /etc/ours: No such file or directory\n',
    );
    await checkBooks(lab.db);
  });
});

async function inShell(lab: Lab, me: SignedIn, id: number, command: string): Promise<string> {
  const { methods } = await lab.services.connect(me, id, '127.0.0.1');
  const [method] = methods;
  assert.ok(method);
  const shell = await logIn({ port: method.port, username: method.username, password: method.password });
  assert.ok(
    method.hostKeys.some((key) => key.includes(shell.hostKey)),
    'the host key is the one we were told',
  );
  const { output } = await shell.run(command);
  shell.close();
  return output;
}

async function notices(lab: Lab, me: SignedIn, id: number): Promise<string[]> {
  return (await lab.services.getReservation(me, id)).notices.map((notice) => notice.text);
}

function guestPid(lab: Lab): number {
  const folder = join(lab.directory, 'pools', '2');
  const [guest] = readdirSync(folder);
  return Number(readFileSync(join(folder, guest ?? '', 'qemu.pid'), 'utf8'));
}
