import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { type RunningGateway, runGateway } from './running-gateway.ts';
import type { Screen } from './screen.ts';
import { type SharedGuest, sharedGuest } from './shared-guest.ts';

describe('daemon/gateway: terminals on a real machine', function () {
  this.timeout(180_000);
  let machine: SharedGuest;
  let house: RunningGateway;
  before(async () => {
    machine = await sharedGuest();
    house = await runGateway({ accessOf: async () => machine.access });
  });
  after(() => house.stop());

  async function openTerminal(reservationId: number, query: Record<string, string> = {}): Promise<Screen> {
    const screen = await house.open(house.address('terminal', reservationId, query));
    await screen.told('ready');
    return screen;
  }

  it('opens a shell as the person, with the size of the window, noted before it is opened', async () => {
    const screen = await openTerminal(1, { cols: '97', rows: '31' });
    assert.match(await screen.run('whoami; stty size; echo $TERM'), /^ann\r\n31 97\r\nxterm-256color\r\n/);
    assert.deepEqual(house.opened, [1]);
    assert.equal(house.gateway.terminalsOf(1), 'yes');
    assert.equal(house.gateway.terminalsOf(2), 'no');
    screen.close();
  });

  it('keeps the shell and what it showed when the window goes away', async () => {
    const first = await openTerminal(2);
    await first.run('cd /tmp; MARK=kept; seq 1 300');
    first.close();
    await first.closed();
    const second = await openTerminal(2);
    assert.ok(second.text.startsWith('\x1bc'));
    assert.match(second.text, /\r\n299\r\n300\r\n/);
    assert.match(await second.run('echo $MARK in $PWD'), /kept in \/tmp/);
    second.close();
    await second.closed();
    await house.open(house.address('console', 2)).then((screen) => screen.close());
    assert.equal(house.gateway.terminalsOf(2), 'no');
  });

  it('shows one shell in several windows; the last size counts, and the others are told', async () => {
    const [one, other] = [await openTerminal(3, { cols: '80', rows: '24' }), await openTerminal(3)];
    other.resize(120, 40);
    assert.deepEqual(await one.told('size'), { type: 'size', cols: 120, rows: 40 });
    assert.match(await other.run('stty size'), /^40 120\r\n/);
    await one.shows(/40 120\r\n/);
    one.type('echo from one\r');
    await other.shows(/from one\r\nfrom one|from one\r\n.*from one/s);
    house.gateway.say(3, 'Your time is over in 5 minutes.');
    for (const screen of [one, other])
      assert.deepEqual(await screen.told('notice'), {
        type: 'notice',
        text: 'Your time is over in 5 minutes.',
      });
    one.close();
    other.close();
  });

  it('types the answer of one terminal only when a program asks them all', async () => {
    const [idle, used] = [await openTerminal(4), await openTerminal(4)];
    await used.shows(/[$] /);
    used.type('echo go; cat -v\r');
    await used.shows(/\r\ngo\r\n/);
    idle.type('\x1b[1;5R');
    used.type('\x1b[9;9R');
    await used.shows(/\^\[\[9;9R/);
    assert.doesNotMatch(used.text, /1;5R/);
    idle.close();
    used.close();
  });

  it('draws a full-screen program anew for a window that comes later', async () => {
    const first = await openTerminal(5, { cols: '80', rows: '24' });
    await first.run(
      `printf '%s\\n' 'trap "stty size; echo drawn anew" WINCH' 'printf "\\033[?1049hscreen\\n"' 'while :; do sleep 0.1; done' >full`,
    );
    first.type('sh full\r');
    await first.until(() => first.text.includes('\x1b[?1049hscreen'), 'the program');
    const second = await openTerminal(5, { cols: '80', rows: '24' });
    await second.shows(/24 80\r\ndrawn anew/);
    assert.ok(second.text.includes('\x1b[?1049h'));
    first.close();
    second.close();
  });

  it('ends with its shell, and the next window gets a new one', async () => {
    const screen = await openTerminal(6);
    await screen.run('MARK=old');
    screen.type('exit\r');
    assert.deepEqual(await screen.told('ended'), { type: 'ended', reason: 'The shell was left.' });
    assert.equal(await screen.closed(), 1000);
    const next = await openTerminal(6);
    assert.match(await next.run('echo "[$MARK]"'), /^\[\]\r\n/);
    next.close();
  });

  it('closes every window of a reservation, and no other', async () => {
    const [mine, also, others] = [await openTerminal(7), await openTerminal(7), await openTerminal(8)];
    await mine.run('sleep 1000 & true');
    house.gateway.closeTerminals(7, 'Your reservation has ended.');
    for (const screen of [mine, also]) {
      assert.equal((await screen.told('ended')).reason, 'Your reservation has ended.');
      assert.equal(await screen.closed(), 1000);
    }
    assert.equal(house.gateway.terminalsOf(7), 'no');
    assert.match(await others.run('echo still here'), /still here/);
    others.close();
  });

  it('refuses a machine with another host key, without sending it the password', async () => {
    const [key = ''] = machine.access.hostKeys;
    const hostKeys = [key.replace(/.{8}$/, 'AAAAAAAA')];
    const wary = await runGateway({ accessOf: async () => ({ ...machine.access, hostKeys }) });
    const screen = await wary.open(wary.address('terminal', 1));
    assert.match((await screen.told('ended')).reason, /Another machine answers/);
    await wary.stop();
  });

  it('says that a machine is off, and connects once it is not', async () => {
    let access: typeof machine.access | 'off' = 'off';
    const patient = await runGateway({ accessOf: async () => access });
    const screen = await patient.open(patient.address('terminal', 1));
    assert.match((await screen.told('notice')).text, /The machine is off\. Start it/);
    access = machine.access;
    await screen.told('ready');
    screen.close();
    await patient.stop();
  });

  it('says so when the account is not accepted', async () => {
    const wrong = await runGateway({ accessOf: async () => ({ ...machine.access, password: 'wrong' }) });
    const screen = await wrong.open(wrong.address('terminal', 1));
    assert.match((await screen.told('ended')).reason, /does not accept your account/);
    await wrong.stop();
  });

  it('tells its windows to connect again when the service stops', async () => {
    const stopping = await runGateway({ accessOf: async () => machine.access });
    const screen = await stopping.open(stopping.address('terminal', 1));
    await screen.told('ready');
    await stopping.stop();
    assert.equal(await screen.closed(), 1001);
    assert.deepEqual(
      screen.controls.map(({ type }) => type),
      ['ready'],
    );
  });

  it('says that it waits when the machine dies under it, and comes back to a new shell when it runs again', async function () {
    this.timeout(240_000);
    let runs = true;
    const inn = await runGateway({ accessOf: async () => (runs ? machine.access : null) });
    const screens = [await inn.open(inn.address('terminal', 1)), await inn.open(inn.address('terminal', 1))];
    const [one, other] = screens as [Screen, Screen];
    await one.run('MARK=before');
    runs = false;
    await machine.kill();
    for (const screen of screens) await screen.told('waiting');
    await machine.bootAgain();
    runs = true;
    for (const screen of screens) await screen.told('ready', 2);
    await one.shows(/MARK=before.*this is a new shell/s);
    assert.match(await one.run('echo "[$MARK]"; whoami'), /^\[\]\r\nann\r\n/);
    await other.shows(/\[\]\r\nann\r\n/);
    assert.ok(screens.every(({ controls }) => controls.every(({ type }) => type !== 'ended')));
    await inn.stop();
  });

  it('connects again with a new shell when the machine has restarted', async () => {
    const screen = await openTerminal(9);
    await screen.run('MARK=before');
    await machine.asRoot('(sleep 0.1; reboot) >/dev/null 2>&1 &');
    await screen.told('waiting');
    await screen.told('ready', 2);
    await screen.shows(/this is a new shell/);
    assert.match((await screen.told('notice')).text, /connects again by itself/);
    assert.match(await screen.run('echo "[$MARK]"; whoami'), /^\[\]\r\nann\r\n/);
    const later = await openTerminal(9);
    assert.match(later.text, /MARK=before.*this is a new shell/s);
    screen.close();
    later.close();
  });
});
