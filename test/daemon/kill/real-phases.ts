import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeOut } from '../../../db/repositories/node-orders.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import type { NodeRow } from '../../../db/rows.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import type { TaskAction } from '../../../src/domain/contracts/task.ts';
import { killProcess, startOf } from '../../../src/lib/detached-process.ts';
import { acknowledge } from '../../../src/services/reservations/acknowledge.ts';
import { wakeWatch } from '../../../src/services/reservations/change.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { type GuestShell, logIn } from '../../helpers/guest-ssh.ts';
import type { Lab } from '../../helpers/lab.ts';
import { asRoot, type Traces } from '../../helpers/real-traces.ts';

/** An installation with one real machine, and who has it. */
export interface Life {
  readonly lab: Lab;
  readonly url: string;
  person: SignedIn;
  reservation: number;
  /** Their login, once they came in. */
  shell?: GuestShell;
}

/** One part of what a machine lives through. It begins where the one before ended. */
export interface Phase {
  readonly title: string;
  /** The daemon is killed after every step of each of these, one daemon after the other. */
  readonly kills: readonly TaskAction[];
  /** Leaves the rows, files and processes from which a daemon that starts has it to do. */
  begin(life: Life): Promise<unknown>;
  readonly reservation: string;
  /** Null: it is gone. */
  readonly node: string | null;
  readonly ports: Traces['ports'];
  readonly accounts: Traces['accounts'];
  /** What its person finds. */
  check?(life: Life): Promise<void>;
}

const closed = ['management of node1'];
const opened = ["its person's", 'management of node1'];

export const phases: readonly Phase[] = [
  {
    title: 'a booking gets its machine',
    kills: ['new'],
    begin: (life) => book(life, 'ann'),
    reservation: 'reserved',
    node: 'reserved',
    ports: closed,
    accounts: ['node1: ann locked'],
    check: (life) =>
      assert.rejects(life.lab.services.connection(life.person, life.reservation), {
        code: 'reservation.not-connected',
      }),
  },
  {
    title: 'Connect was pressed',
    kills: ['reserved'],
    begin: ({ lab, person, reservation }) => acknowledge(lab.deps, person, reservation, 'test'),
    reservation: 'reserved',
    node: 'reserved',
    ports: opened,
    accounts: ['node1: ann open'],
    check: (life) => run(life, 'echo mine >kept; sudo sh -c "echo root >/etc/ours; sync"', ''),
  },
  {
    title: 'its person is in',
    kills: ['reserved', 'inuse'],
    async begin(life) {
      life.shell = await shellOf(life);
      await sit(life.shell);
      await inTransaction(life.lab.db, (tx) => wakeWatch(tx, life.reservation));
    },
    reservation: 'inuse',
    node: 'inuse',
    ports: opened,
    accounts: ['node1: ann open'],
    check: async ({ shell }) => assert.equal((await shell?.run('cat kept'))?.output, 'mine\n'),
  },
  {
    title: 'a guest of an older load still runs, and another installation has something there',
    kills: ['reconcile'],
    begin: ({ lab }) => leaveBehind(lab),
    reservation: 'inuse',
    node: 'inuse',
    ports: opened,
    accounts: ['node1: ann open'],
    check: async ({ shell }) => assert.equal((await shell?.run('cat kept'))?.output, 'mine\n'),
  },
  {
    title: 'its QEMU was killed',
    kills: ['power'],
    begin: ({ lab }) => killGuest(lab),
    reservation: 'inuse',
    node: 'inuse',
    ports: opened,
    accounts: ['node1: ann open'],
    async check(life) {
      await run(life, 'cat kept', 'mine\n');
      const { notices } = await life.lab.services.getReservation(life.person, life.reservation);
      assert.ok(notices.some(({ text }) => text.includes('from its own disk')));
    },
  },
  {
    title: 'rebooted',
    kills: ['reboot'],
    begin: ({ lab, person, reservation }) => lab.services.reboot(person, reservation),
    reservation: 'inuse',
    node: 'inuse',
    ports: opened,
    accounts: ['node1: ann open'],
    check: (life) => run(life, 'cat kept', 'mine\n'),
  },
  {
    title: 'reinstalled',
    kills: ['reinstall'],
    begin: ({ lab, person, reservation }) => lab.services.reinstall(person, reservation),
    reservation: 'reserved',
    node: 'reserved',
    ports: opened,
    accounts: ['node1: ann open'],
    check: (life) => run(life, 'ls', ''),
  },
  {
    title: 'ended, and cleaned after its person',
    kills: ['deleted', 'reload'],
    begin: ({ lab, person, reservation }) => lab.services.endReservation(person, reservation),
    reservation: 'complete',
    node: 'available',
    ports: closed,
    accounts: [],
    check: (life) =>
      assert.rejects(life.lab.services.connection(life.person, life.reservation), {
        code: 'reservation.not-ready',
      }),
  },
  {
    title: 'the next person gets it as it is',
    kills: ['new'],
    begin: (life) => book(life, 'bob'),
    reservation: 'reserved',
    node: 'reserved',
    ports: closed,
    accounts: ['node1: bob locked'],
    check: async ({ lab }) =>
      assert.match(await asRoot(lab, await node(lab), 'cat /etc/ours'), /No such file/),
  },
  {
    title: 'nobody presses Connect',
    kills: ['timeout'],
    begin: ({ lab, reservation }) =>
      inTransaction(lab.db, async (tx) => {
        await tx.table('reservations').where({ id: reservation }).update({ start_at: 1, ready_at: 1 });
        await wakeWatch(tx, reservation);
      }),
    reservation: 'complete',
    node: 'available',
    ports: closed,
    accounts: [],
  },
  {
    title: 'taken out of service, and switched off',
    kills: ['tomaintenance'],
    begin: ({ lab }) =>
      inTransaction(lab.db, async (tx) => {
        await takeOut(tx, 1, 'off', '');
        const task = { action: 'tomaintenance', targetType: 'node', targetId: 1 } as const;
        await queueTask(tx, task, { placeId: 1, nodeId: 1 });
      }),
    reservation: 'complete',
    node: 'maintenance',
    ports: [],
    accounts: [],
  },
  {
    title: 'removed',
    kills: ['tomaintenance'],
    async begin({ lab }) {
      const admin = await lab.person('ada', { role: 'administrator' });
      await lab.services.orderNode(admin, 1, { action: 'delete' });
    },
    reservation: 'complete',
    node: null,
    ports: [],
    accounts: [],
  },
];

async function book(life: Life, name: string): Promise<void> {
  life.person = await life.lab.person(name);
  life.reservation = (await life.lab.services.reserve(life.person, { image: 'tiny', minutes: 60 })).id;
}

/** Through the way that its person was told of; a login that is let in proves that way and the account. */
async function shellOf({ lab, person, reservation }: Life): Promise<GuestShell> {
  const { methods } = await lab.services.connection(person, reservation);
  const [method] = methods;
  assert.ok(method);
  const shell = await logIn({ port: method.port, username: method.username, password: method.password });
  assert.ok(
    method.hostKeys.some((key) => key.includes(shell.hostKey)),
    'the host key is the one we were told',
  );
  return shell;
}

/** Being connected is not yet being logged in: that takes a program of theirs that runs. */
async function sit({ client }: GuestShell): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    client.exec('echo in; sleep 100000', (error, channel) =>
      error ? reject(error) : channel.once('data', () => resolve()),
    ),
  );
}

async function run(life: Life, command: string, output: string): Promise<void> {
  const shell = await shellOf(life);
  assert.equal((await shell.run(command)).output, output);
  shell.close();
}

async function node(lab: Lab): Promise<NodeRow> {
  const [row] = await reading(lab.db, (reader) => reader.rows<NodeRow>('SELECT * FROM nodes'));
  assert.ok(row);
  return row;
}

const pool = (lab: Lab) => join(lab.directory, 'pools', '2');

/** Returns when it is gone: a daemon that starts while it is dying would still find it. */
async function killGuest(lab: Lab): Promise<void> {
  const { load_no } = await node(lab);
  const pid = Number(readFileSync(join(pool(lab), `testlab-n1-l${load_no}`, 'qemu.pid'), 'utf8'));
  const started = await startOf(pid);
  assert.ok(started);
  await killProcess({ pid, started });
}

/** A QEMU that no record knows, with its folder, and a folder of another installation. */
async function leaveBehind(lab: Lab): Promise<void> {
  const folder = join(pool(lab), 'testlab-n1-l0');
  mkdirSync(folder);
  writeFileSync(join(folder, 'disk.qcow2'), '');
  mkdirSync(join(pool(lab), 'other-n1-l1'));
  const args = ['-pidfile', join(folder, 'qemu.pid'), '-nodefaults', '-display', 'none', '-machine', 'none'];
  const child = spawn('qemu-system-x86_64', args, { cwd: folder, detached: true, stdio: 'ignore' });
  child.unref();
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
}
