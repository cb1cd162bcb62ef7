import assert from 'node:assert/strict';
import type { SignedIn } from '../../src/services/views.ts';
import { eachEngine } from '../helpers/database.ts';
import { debianRevision } from '../helpers/debian-image.ts';
import { logIn } from '../helpers/guest-ssh.ts';
import { checkBooks, type Lab, testTimes } from '../helpers/lab.ts';
import { makeRealLab } from '../helpers/real-machines.ts';

/** Minutes for each boot: an emulated Debian on a busy computer. */
const patience = 20 * 60;

/** A distribution with systemd, bash and dpkg: much more that could tell one machine from another than `tiny` has. */
eachEngine((engine, { open }) => {
  if (engine !== 'sqlite') return;
  let lab: Lab;
  afterEach(() => lab.close());

  it('captures a Debian with a file and a package, as which two machines come that share nothing else', async function () {
    this.timeout(4 * patience * 1_000);
    const debian = { revision: await debianRevision(), title: 'Debian', memoryMb: 1024, diskMb: 10_240 };
    const times = { ...testTimes, loadTimeoutSeconds: patience };
    lab = await makeRealLab(await open(), 2, { times }, debian);
    await lab.startDaemon();
    const ida = await lab.person('ida', { role: 'image-admin' });
    const bob = await lab.person('bob');
    const cat = await lab.person('cat');

    const taken = await take(ida, 'debian', true);
    const first = await inShell(ida, taken, `${leaveTraces}; ${makePackage}; ${facts}`);
    const [machineId = '', digest = ''] = first.output.trim().split('\n').slice(-2);
    assert.match(machineId, /^[0-9a-f]{32}$/, first.output);
    await lab.services.capture(ida, taken, { title: 'Course' });
    await state(ida, taken, 'complete');
    await lab.services.publishImage(ida, 'course', { visibility: 'everyone' });
    const free = () => lab.db.knex('nodes').where({ state: 'available' });
    await lab.until(async () => (await free()).length === 2, patience);

    const [his, hers] = await Promise.all([take(bob, 'course'), take(cat, 'course')]);
    const [second, third] = [await inShell(bob, his, look('bob')), await inShell(cat, hers, look('cat'))];
    assert.equal(new Set([first, second, third].map(({ hostKey }) => hostKey)).size, 3, 'host keys');
    const ids = [second, third].map(({ output }) => output.split('\n')[0] ?? '');
    assert.equal(new Set([machineId, ...ids]).size, 3, `machine ids: ${ids.join()}`);
    for (const [who, { output }] of [['bob', second] as const, ['cat', third] as const])
      assert.deepEqual(
        output.trim().split('\n').slice(1),
        [digest, 'hello from the course', who, 'clean'],
        who,
      );
    await checkBooks(lab.db);
  });

  async function take(me: SignedIn, image: string, imaging = false): Promise<number> {
    const { id } = await lab.services.reserve(me, { image, minutes: 240, imaging });
    await state(me, id, 'reserved');
    return id;
  }

  const state = (me: SignedIn, id: number, wanted: string) =>
    lab.until(async () => {
      const { state: now, reason } = await lab.services.getReservation(me, id);
      assert.notEqual(now, 'failed', reason ?? '');
      return now === wanted;
    }, patience);

  async function inShell(me: SignedIn, id: number, command: string) {
    const { methods } = await lab.services.connect(me, id, '127.0.0.1');
    const [method] = methods;
    assert.ok(method);
    const { port, username, password } = method;
    const shell = await logIn({ port, username, password, patience: 120_000 });
    const { output } = await shell.run(command);
    shell.close();
    return { output, hostKey: shell.hostKey };
  }
});

const facts = 'cat /etc/machine-id; sha256sum </srv/course/data';

const leaveTraces = [
  'sudo mkdir /srv/course; sudo sh -c "head -c 3000000 /dev/urandom >/srv/course/data"',
  'echo secret >>.bash_history; mkdir -p .ssh; echo secret >.ssh/id_ed25519',
  'sudo sh -c "echo secret >>/root/.bash_history; echo secret >/var/log/course.log; logger secret-of-ida"',
].join('; ');

/** A package that is installed as any other: its files, its scripts, its row in the list. */
const makePackage = [
  'mkdir -p p/DEBIAN p/usr/bin',
  'printf "Package: course\\nVersion: 1.0\\nArchitecture: all\\nMaintainer: Ida <ida@example.org>\\nDescription: course\\n" >p/DEBIAN/control',
  'printf "#!/bin/sh\\necho hello from the course\\n" >p/usr/bin/course; chmod 755 p/usr/bin/course',
  'dpkg-deb --build p course.deb >/dev/null; sudo dpkg -i course.deb >/dev/null',
].join('; ');

/** The package through the list of packages; nothing that speaks of ida, her keys, histories and logs; `clean` at the end. */
function look(who: string): string {
  return [
    facts,
    'dpkg -s course | grep -q "^Status: install ok installed" && course',
    'ls /home',
    `traces=$(sudo sh -c "grep -l ida /etc/passwd /etc/shadow /etc/group /etc/sudoers.d/* 2>/dev/null; cat /root/.bash_history /home/${who}/.bash_history 2>/dev/null; find / -xdev -name id_ed25519; cat /var/log/course.log 2>/dev/null; journalctl -q --no-pager 2>/dev/null | grep secret-of-id[a]")`,
    'test -n "$traces" && echo "$traces" || echo clean',
  ].join('; ');
}
