/** A machine that says more than anybody can read. An emulated guest cannot (1 MB/s), so an SSH server in this process does. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import ssh2, { type ServerChannel } from 'ssh2';
import { newKeyPair } from '../../../src/lib/ssh-keys.ts';
import { type RunningGateway, runGateway } from './running-gateway.ts';

const megabyte = 1_000_000;

describe('daemon/gateway: floods', function () {
  this.timeout(180_000);
  let house: RunningGateway;
  let machine: ssh2.Server;
  /** Bytes the machine got rid of since it was last asked to flood. */
  let written = 0;
  /** The next shells end before they begin. */
  let leaves = false;
  before(async () => {
    const host = newKeyPair('host');
    machine = new ssh2.Server({ hostKeys: [host.private] }, (connection) => {
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => context.accept());
      connection.on('session', (accept) => {
        const session = accept();
        session.on('pty', (ready) => ready());
        session.on('window-change', () => undefined);
        session.on('exec', (begin) => {
          const channel = begin();
          if (leaves) leave(channel);
          else obey(channel);
        });
      });
    });
    machine.listen(0, '127.0.0.1');
    await once(machine, 'listening');
    const { port } = machine.address() as AddressInfo;
    const endpoint = { host: '127.0.0.1', port };
    const access = { endpoint, username: 'ann', password: 'any', hostKeys: [host.public] };
    house = await runGateway({ accessOf: async () => access, settings: { windowBytes: 2 * megabyte } });
  });
  after(async () => {
    await house.stop();
    machine.close();
  });

  /** `flood N`: N MB of lines, then `flooded`. */
  function obey(channel: ServerChannel): void {
    channel.on(
      'data',
      (typed: Buffer) => void flood(channel, Number(/^flood (\d+)/.exec(typed.toString())?.[1])),
    );
  }

  async function flood(channel: ServerChannel, megabytes: number): Promise<void> {
    const lines = Buffer.from('0123456789012345678901234567890123456789012345678\n'.repeat(2_000));
    for (written = 0; written < megabytes * megabyte; written += lines.length)
      if (!channel.write(lines)) await once(channel, 'drain');
    channel.write('flooded');
  }

  it('shows everything to a window that keeps up, and drops one that does not', async () => {
    const [slow, quick] = [
      await house.open(house.address('terminal', 1)),
      await house.open(house.address('terminal', 1)),
    ];
    await quick.told('ready');
    slow.socket.pause();
    quick.type('flood 40');
    await quick.until(() => quick.tail.endsWith('flooded'), 'the end');
    assert.ok(quick.text.length > 40 * megabyte);
    assert.equal(house.gateway.terminalsOf(1), 'yes');
    slow.socket.resume();
    assert.equal(await slow.closed(), 1006);
    quick.close();
  });

  it('holds the machine up when its only window does not keep up, and loses nothing', async () => {
    const screen = await house.open(house.address('terminal', 2));
    await screen.told('ready');
    screen.socket.pause();
    screen.type('flood 60');
    const stopped = await standstill();
    assert.ok(stopped < 30 * megabyte, `${stopped} bytes went somewhere`);
    screen.socket.resume();
    await screen.until(() => screen.tail.endsWith('flooded'), 'the end');
    assert.ok(screen.text.length > 60 * megabyte);
    screen.close();
  });

  it('waits for nobody when there is no window, and keeps the last 5,000 lines', async () => {
    const screen = await house.open(house.address('terminal', 3));
    await screen.told('ready');
    screen.type('flood 40');
    await screen.until(() => screen.tail.includes('0123'), 'the beginning');
    screen.close();
    while (written < 40 * megabyte) await wait(20);
    const end = await house.open(house.address('terminal', 3));
    await end.until(() => end.tail.endsWith('flooded'), 'the end');
    const later = await house.open(house.address('terminal', 3));
    await later.until(() => later.tail.endsWith('flooded'), 'what was kept');
    const lines = later.text.split('\n').length;
    assert.ok(lines >= 5_000 && lines < 5_500, `${lines} lines`);
    for (const window of [end, later]) window.close();
  });

  it('takes a shell that ends at once for one that was left', async () => {
    leaves = true;
    const screen = await house.open(house.address('terminal', 4));
    assert.equal((await screen.told('ended')).reason, 'The shell was left.');
    assert.match(screen.text, /no shell for you/);
  });

  function leave(channel: ServerChannel): void {
    channel.write('no shell for you');
    channel.exit(3);
    channel.end();
  }

  /** How much was written when nothing more is for a while. */
  async function standstill(): Promise<number> {
    for (let before = -1; ; ) {
      if (written > 0 && before === written) return written;
      before = written;
      await wait(300);
    }
  }
});
