import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import WebSocket from 'ws';
import { inTransaction, reading } from '../../db/transaction.ts';
import { createManagementNode, type ManagementNode } from '../../src/daemon/create-management-node.ts';
import { defaultGatewaySettings } from '../../src/daemon/gateway/contract.ts';
import { stopGuests } from '../../src/daemon/stop-guests.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { eachEngine } from '../helpers/database.ts';
import type { Lab } from '../helpers/lab.ts';
import { makeRealLab } from '../helpers/real-machines.ts';
import { mayMount, type SmallDisk, smallDisk } from '../helpers/small-disk.ts';
import { Screen } from './gateway/screen.ts';

/** What goes wrong with a real machine somebody works on, with a terminal open: each heals, and its person is told. */
eachEngine((engine, { open }) => {
  if (engine !== 'sqlite') return;
  let lab: Lab;
  let node: ManagementNode;
  let server: Server;
  let disk: SmallDisk | null = null;
  let ann: SignedIn;
  let admin: SignedIn;
  let id: number;

  const set = async (machines: number) => {
    lab = await makeRealLab(await open(), machines, { bootSlots: 1 });
    ann = await lab.person('ann');
    admin = await lab.person('admin', { role: 'administrator' });
  };
  afterEach(async () => {
    await node?.stop();
    server?.close();
    server?.closeAllConnections();
    await stopGuests(lab.deps, { reserved: true });
    disk?.remove();
    await lab.close();
    disk = null;
  });

  it('stops a guest whose host has no room, lets it go on, and waits with loads', async function () {
    this.timeout(240_000);
    if (!mayMount) this.skip();
    await set(2);
    disk = smallDisk(join(lab.directory, 'pools', '2'), 256);
    await start();
    const screen = await firstTerminal();
    disk.fill(4_000_000);
    screen.type('dd if=/dev/urandom of=big bs=64k count=320; sync; wc -c big\r');
    await told(/stands still/);
    await screen.until(
      () => screen.controls.some((one) => one.type === 'notice' && /stands still/.test(one.text)),
      'the notice',
    );
    const items = await attention();
    assert.match(items.join(), /stands still: the disk .* is full/);

    disk.fill();
    const bob = await lab.person('bob');
    const second = await lab.services.reserve(bob, { image: 'tiny', minutes: 60 });
    await lab.until(async () => /disk that holds the machines' disks is full/.test(await results()));
    assert.equal((await lab.services.getReservation(bob, second.id)).state, 'new');

    disk.free();
    await told(/goes on where it was/);
    const { notices } = await lab.services.getReservation(ann, id);
    assert.doesNotMatch(notices.map(({ text }) => text).join(), /stands still/);
    await screen.until(() => /20971520 big/.test(screen.tail), 'the whole file');
    await lab.reaches(bob, second.id, 'reserved');
    await lab.until(async () => (await attention()).length === 0);
  });

  it('cuts a load whose guest never answers, tries once more, and then takes another machine', async function () {
    this.timeout(300_000);
    await set(2);
    await settings({ bootSeconds: 1 });
    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 2 }).update({ state: 'maintenance' }));
    const booked = await lab.services.reserve(ann, { image: 'tiny', minutes: 60 });
    await inTransaction(lab.db, (tx) => tx.table('nodes').where({ id: 2 }).update({ state: 'available' }));
    await start();
    await freeze('n1', 2);
    await settings({ bootSeconds: 60 });
    await lab.until(async () => (await state(booked.id)) === 'reserved', 200);
    const ready = await lab.services.getReservation(ann, booked.id);
    assert.equal(ready.nodeName, 'node2');
    const told = ready.notices.map(({ text }) => text).filter((text) => /moved/.test(text));
    // QEMU itself stands still, before or after it has said where its machine is reached
    assert.match(
      told.join('\n'),
      /^Your booking was moved to another machine: .*(did not answer|took longer).*$/,
    );
  });

  async function start(): Promise<void> {
    node = createManagementNode(lab.deps, { publicUrl: null, gateway: defaultGatewaySettings });
    server = createServer((request, response) => void node.gateway.handle(request, response));
    server.on('upgrade', (request, socket, head) => void node.gateway.upgrade(request, socket, head));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await node.start();
  }

  async function firstTerminal(): Promise<Screen> {
    ({ id } = await lab.services.reserve(ann, { image: 'tiny', minutes: 60 }));
    await lab.reaches(ann, id, 'reserved');
    await lab.services.connect(ann, id, 'test');
    const ticket = await lab.services.ticket(ann, id, 'terminal', 'test');
    const { port } = server.address() as AddressInfo;
    const screen = new Screen(new WebSocket(`ws://127.0.0.1:${port}/gateway/terminal?ticket=${ticket}`));
    await screen.told('ready');
    return screen;
  }

  const state = async (reservation: number) => (await lab.services.getReservation(ann, reservation)).state;
  const told = (sentence: RegExp) =>
    lab.until(async () =>
      (await lab.services.getReservation(ann, id)).notices.some(({ text }) => sentence.test(text)),
    );
  const attention = async () => (await lab.services.attention(admin)).items.map(({ text }) => text);
  const results = async () =>
    JSON.stringify(await reading(lab.db, (reader) => reader.rows('SELECT result FROM tasks')));
  const settings = (more: object) =>
    inTransaction(lab.db, async (tx) => {
      const [pool] = await tx.rows<{ settings: string }>('SELECT settings FROM pools WHERE id = 2');
      const all = { ...JSON.parse(pool?.settings ?? '{}'), ...more };
      await tx
        .table('pools')
        .where({ id: 2 })
        .update({ settings: JSON.stringify(all) });
    });

  /** Of the running guests of a node. */
  function pidsOf(name: string): number[] {
    const folder = join(lab.directory, 'pools', '2');
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.includes(`-${name}-`))
      .flatMap((entry) => {
        try {
          return [Number(readFileSync(join(folder, entry.name, 'qemu.pid'), 'utf8'))];
        } catch {
          return [];
        }
      })
      .filter((pid) => pid > 0);
  }

  /** Stops the node's next guests as soon as they begin to boot. */
  async function freeze(name: string, count: number): Promise<void> {
    for (const frozen = new Set<number>(); frozen.size < count; await wait(20)) {
      const [pid] = pidsOf(name);
      if (pid === undefined || frozen.has(pid)) continue;
      process.kill(pid, 'SIGSTOP');
      frozen.add(pid);
    }
  }
});
