import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { type RunningGateway, runGateway } from './running-gateway.ts';
import { sharedGuest } from './shared-guest.ts';

describe('daemon/gateway: consoles', () => {
  let folder: string;
  let house: RunningGateway;
  const logs = new Map<number, string>();
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-console-'));
    house = await runGateway({
      consoleOf: async ({ reservationId }) => {
        const logFile = logs.get(reservationId);
        return logFile === undefined ? null : { logFile };
      },
    });
  });
  after(async () => {
    await house.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (reservationId: number, logFile: string) => {
    logs.set(reservationId, logFile);
    return await house.open(house.address('console', reservationId));
  };
  const file = (name: string) => join(folder, name);

  it('shows what was said and then what is said, to any number of windows', async () => {
    await writeFile(file('one'), 'booting\r\n');
    const [first, second] = [await open(1, file('one')), await open(1, file('one'))];
    for (const screen of [first, second]) await screen.shows(/^booting\r\n$/);
    for (let line = 0; line < 50; line += 1) await appendFile(file('one'), `step ${line}\r\n`);
    for (const screen of [first, second]) {
      await screen.shows(/step 49\r\n$/);
      assert.equal(screen.text.match(/step \d+/g)?.length, 50);
      screen.close();
    }
    assert.deepEqual(house.opened, []);
  });

  it('begins with the last 256 KB, at a line', async () => {
    await writeFile(file('long'), Array.from({ length: 60_000 }, (_, line) => `line ${line}\n`).join(''));
    const screen = await open(2, file('long'));
    await screen.shows(/line 59999\n$/);
    assert.match(screen.text, /^line \d+\n/);
    assert.ok(screen.text.length <= 256 * 1024 && screen.text.length > 255 * 1024);
    screen.close();
  });

  it('goes on when the file begins anew, is replaced, or comes later', async () => {
    const screen = await open(3, file('late'));
    await screen.told('ready');
    await writeFile(file('late'), 'first boot\n');
    await screen.shows(/first boot\n$/);
    await truncate(file('late'));
    await appendFile(file('late'), 'second\n');
    await screen.shows(/second\n$/);
    await writeFile(file('other'), 'third boot of this machine\n');
    await rename(file('other'), file('late'));
    await screen.shows(/third boot of this machine\n$/);
    screen.close();
  });

  it("leaves a machine that is no longer the reservation's", async function () {
    this.timeout(90_000);
    await writeFile(file('old'), 'old machine\n');
    await writeFile(file('new'), 'new machine\n');
    const screen = await open(4, file('old'));
    await screen.shows(/old machine/);
    logs.set(4, file('new'));
    await screen.until(() => screen.text.includes('\x1bcnew machine\n'), 'the new machine');
    await appendFile(file('old'), 'secret of the next person\n');
    await appendFile(file('new'), 'done\n');
    await screen.shows(/done\n$/);
    assert.doesNotMatch(screen.text, /secret/);
    house.gateway.closeTerminals(4, 'Your reservation has ended.');
    assert.equal((await screen.told('ended')).reason, 'Your reservation has ended.');
    await screen.closed();
  });

  it('shows what a real machine says, though nobody is connected to its socket', async function () {
    this.timeout(180_000);
    const { asRoot, consoleLog } = await sharedGuest();
    const screen = await open(5, consoleLog);
    await asRoot('echo hello from the machine >/dev/ttyS1');
    await screen.shows(/hello from the machine\r\n$/);
    screen.close();
  });
});
