import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { ipmiBmc } from '../../../../modules/provisioning/ipmi/ipmi-bmc.ts';
import { BmcError, type BmcFault } from '../../../../modules/provisioning/shared/bmc/bmc-error.ts';
import { createGate } from '../../../../modules/provisioning/shared/bmc/gate.ts';
import { startFrom, switchOff } from '../../../../modules/provisioning/shared/bmc/switch-power.ts';
import type { BmcAccess } from '../../../../src/domain/contracts/facts.ts';
import { sleep } from '../../../../src/lib/sleep.ts';
import { type SimulatedBmc, startIpmiSim } from '../../../helpers/ipmi-sim.ts';
import { signIns, startUdpRelay, type UdpRelay } from '../../../helpers/udp-relay.ts';

const secret = 'correct-horse-7';
const network = { device: 'network', firmware: 'bios', lasts: 'once' } as const;
const { signal } = new AbortController();
/** Long enough for a machine under load; what is really silent is given up after twice as long. */
const options = { packetSeconds: 5 };
const impatient = { packetSeconds: 1 };
const patient = { signal, pauseMs: 20 };
const fault = (is: BmcFault, words: RegExp) => (error: unknown) =>
  error instanceof BmcError && error.fault === is && words.test(error.message);

describe('modules/provisioning/ipmi against a real BMC (ipmi_sim)', function () {
  this.timeout(120_000);
  let sim: SimulatedBmc;
  let relay: UdpRelay;
  let access: BmcAccess;
  const bmcWith = (parts: Partial<BmcAccess> = {}) => ipmiBmc({ ...access, ...parts }, options);

  before(async () => {
    sim = await startIpmiSim({ password: secret });
    relay = await startUdpRelay(sim.access.port ?? 0);
    access = { ...sim.access, port: relay.port };
  });
  after(async () => {
    relay?.close();
    await sim?.close();
  });

  it('switches the machine, and reads that it is so', async () => {
    const bmc = bmcWith();
    assert.equal(await bmc.power(signal), 'off');
    await bmc.on(signal);
    assert.deepEqual([await bmc.power(signal), await sim.isOn()], ['on', true]);
    await bmc.on(signal);
    await bmc.reset(signal);
    await bmc.soft(signal);
    assert.equal(await bmc.power(signal), 'off');
    await bmc.off(signal);
    await bmc.identify(15, signal);
    assert.equal(bmc.address, `127.0.0.1:${relay.port}`);
  });

  it('requirement 8: finds cipher suite 3 where 17 is refused, once, and asks with it at once from then on', async () => {
    const own = await startUdpRelay(sim.access.port ?? 0);
    const { port, packets } = own;
    const bmc = bmcWith({ port });
    await bmc.power(signal);
    const openings = () => packets.filter((packet) => packet[5] === 0x10).length;
    assert.equal(openings(), 2, 'one session was tried with 17, one was had with 3');
    await bmc.power(signal);
    await bmcWith({ port }).power(signal);
    assert.equal(openings(), 4, 'others begin with what was found');
    assert.deepEqual((await bmc.info(signal)).learnt, { cipher: 3, fingerprint: null });
    own.close();
  });
  it('requirement 8: says of a BMC that it lets anybody in (cipher suite 0)', async () => {
    const info = await bmcWith({ cipher: 3 }).info(signal);
    assert.equal(info.protocol, 'IPMI 2.0, cipher suite 3');
    assert.match(info.warnings.join(), /lets anybody in without a password \(cipher suite 0\)/);
  });

  it('requirement 7: signs in with a wrong password exactly once, and says whose it is', async () => {
    const before = signIns(relay);
    const gate = createGate('wrong');
    const bmc = bmcWith({ password: 'wrong', cipher: 3 });
    const ask = () =>
      gate.pass(() => bmc.power(signal), { signal, intervalMs: 0, credentials: 'wrong', insist: false });
    await assert.rejects(ask(), fault('auth', /refused the name "admin" or its password: correct them/));
    await assert.rejects(ask(), fault('auth', /refused this name and password before/));
    assert.equal(signIns(relay) - before, 1);
  });

  it('requirement 7: tells a wrong password from an unknown name, one too long, and from silence', async () => {
    const none = { cipher: 3 } as const;
    await assert.rejects(bmcWith({ ...none, username: 'nobody' }).power(signal), fault('auth', /"nobody"/));
    const before = relay.packets.length;
    await assert.rejects(
      bmcWith({ ...none, password: 'x'.repeat(21) }).power(signal),
      fault('auth', /too long: IPMI knows at most 20 bytes/),
    );
    assert.equal(relay.packets.length, before, 'the BMC was not asked');
    sim.hang();
    try {
      const bmc = ipmiBmc({ ...access, cipher: 3 }, impatient);
      await assert.rejects(bmc.power(signal), fault('unreachable', /No BMC answers IPMI at 127\.0\.0\.1/));
    } finally {
      sim.wake();
    }
  });

  it('what is no BMC is told from one: nothing that listens, a printer that answers nonsense, a name that nobody has', async () => {
    const printer = createSocket('udp4');
    printer.on('message', (_packet, from) =>
      printer.send('\u001b%-12345X@PJL INFO ID\r\n', from.port, from.address),
    );
    printer.bind(0, '127.0.0.1');
    await once(printer, 'listening');
    const { port } = printer.address();
    const at = (host: string, otherPort: number) =>
      ipmiBmc({ ...access, host, port: otherPort, cipher: 3 }, impatient).power(signal);
    const words = /No BMC answers IPMI at .*: check that this is the address of the BMC, not of the machine/;
    await assert.rejects(at('127.0.0.1', port), fault('unreachable', words));
    printer.close();
    await assert.rejects(at('127.0.0.1', port), fault('unreachable', words));
    await assert.rejects(at('bmc.invalid', 623), fault('unreachable', /No computer is called bmc\.invalid/));
  });

  it('requirement 3: sets what the machine starts from once, reads it back, and clears it', async () => {
    const bmc = bmcWith();
    assert.equal(await bmc.bootOverride(signal), null);
    assert.deepEqual(await bmc.setBootOverride(network, signal), network);
    const uefi = await bmc.setBootOverride({ ...network, firmware: 'uefi' }, signal);
    assert.equal(uefi?.device, 'network', 'ipmi_sim keeps the device alone, and the caller is told so');
    assert.equal(await bmc.setBootOverride(null, signal), null);
  });

  it('requirement 3: off, boot device, on, as the machine behind it saw them', async () => {
    const bmc = bmcWith();
    await bmc.on(signal);
    const before = (await sim.calls()).length;
    await startFrom(bmc, network, patient);
    const sets = (await sim.calls()).slice(before).filter((call) => call.startsWith('set'));
    assert.deepEqual(sets, ['set power 0', 'set boot pxe', 'set power 1']);
    await switchOff(bmc, patient);
  });

  it('requirement 3: a BMC that refuses the boot device, or says yes and forgets it, is an error; the machine stays off', async () => {
    const bmc = bmcWith();
    await sim.fault('refuses-boot');
    await assert.rejects(startFrom(bmc, network, patient), BmcError);
    await sim.fault('refuses-boot', false);
    await bmc.setBootOverride(null, signal);
    await sim.fault('forgets-boot');
    await assert.rejects(
      startFrom(bmc, network, patient),
      fault('nonsense', /was asked to let the machine start from network, said yes and kept nothing/),
    );
    await sim.fault('forgets-boot', false);
    assert.equal(await sim.isOn(), false);
  });

  it('requirement 2: a system that ignores the button is switched off; a machine that stays on is broken', async () => {
    const bmc = bmcWith();
    await bmc.on(signal);
    await sim.fault('deaf');
    assert.equal(await switchOff(bmc, { ...patient, softMs: 1 }), true);
    assert.equal(await sim.isOn(), false);
    await sim.fault('deaf', false);
    await bmc.on(signal);
    await sim.fault('stuck');
    await assert.rejects(
      switchOff(bmc, { ...patient, waitMs: 0 }),
      fault('nonsense', /switches the machine off, which is still on/),
    );
    await sim.fault('stuck', false);
    await switchOff(bmc, patient);
  });

  it('asks without reading the list of all makers, and knows who made it all the same', async () => {
    const homes = new Set<string>();
    const sees = setInterval(() => {
      for (const home of homesOf('ipmitool')) homes.add(home);
    }, 1);
    try {
      while (homes.size === 0) await bmcWith().power(signal);
    } finally {
      clearInterval(sees);
    }
    const [home = '', ...others] = homes;
    assert.deepEqual(others, []);
    assert.ok(statSync(`${home}.local/usr/share/misc/enterprise-numbers.txt`).size < 100);
    assert.match(String((await bmcWith().info(signal)).manufacturer), /\w/);
  });

  it('requirement 26: lists the accounts of the BMC', async () => {
    const users = await bmcWith().users(signal);
    assert.deepEqual(
      users.map(({ name, enabled, role }) => ({ name, enabled, role })),
      [{ name: 'admin', enabled: true, role: 'ADMINISTRATOR' }],
    );
  });

  it('requirement 28: finds out what the BMC can do, and changes nothing by it', async () => {
    const before = await sim.calls();
    const can = await bmcWith().capabilities(signal);
    assert.deepEqual(
      { boots: can.bootOverride, softOff: can.softOff, users: can.users, console: can.console },
      { boots: ['once', 'always'], softOff: true, users: true, console: true },
    );
    const asked = (await sim.calls()).slice(before.length);
    assert.ok(
      asked.every((call) => call.startsWith('get')),
      asked.join(),
    );
    assert.ok(Array.isArray(await bmcWith().sensors(signal)));
  });

  it('opens the serial console for reading and writing, in the place of whoever had it, and says where there is none', async () => {
    const line = createServer((machine) => {
      machine.on('error', () => undefined);
      machine.on('data', (data) => machine.write(`you said ${data.toString()}`));
    });
    line.listen(0, '127.0.0.1');
    await once(line, 'listening');
    const other = await startIpmiSim({ serial: (line.address() as AddressInfo).port });
    const bmc = ipmiBmc({ ...other.access, cipher: 3 }, options);
    const consoles: Duplex[] = [];
    try {
      for (let n = 0; n < 2; n++) consoles.push(await bmc.openConsole(signal));
      const second = consoles[1] as Duplex;
      let said = '';
      second.on('data', (data: Buffer) => {
        said += data.toString();
      });
      // ipmi_sim swallows what comes first after a change of hands.
      while (!said.includes('you said hello')) {
        second.write('hello\n');
        await Promise.race([once(second, 'data'), sleep(500)]);
      }
    } finally {
      for (const one of consoles) one.destroy();
      line.close();
      await other.close();
    }
    await assert.rejects(bmcWith().openConsole(signal), fault('unsupported', /serial console/));
  });

  it('requirement 9: shows the password in no command line, no error and no fact of one', async () => {
    let ipmitools = 0;
    let leaks = 0;
    let going = true;
    const scan = async () => {
      while (going) {
        for (const line of commandLines()) {
          if (line.includes('ipmitool')) ipmitools++;
          if (line.includes(secret)) leaks++;
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const scanning = scan();
    const errors: unknown[] = [];
    for (let n = 0; n < 6; n++) await bmcWith().power(signal);
    const wrong = [{ username: 'nobody' }, { password: `${secret}!` }, { host: '127.0.0.2' }];
    for (const parts of wrong) {
      const bmc = ipmiBmc({ ...access, ...parts }, impatient);
      await bmc.power(signal).catch((error: unknown) => errors.push(error));
    }
    going = false;
    await scanning;
    assert.ok(ipmitools > 0, 'it was looked while commands ran');
    assert.equal(leaks, 0);
    for (const error of errors) assert.ok(!everythingIn(error).includes(secret));
  });
});

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // gone meanwhile
      }
    });
}

/** Where our programs of that name that run now have their home. */
function homesOf(program: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/stat`, 'utf8').startsWith(`${pid} (${program}) `)) return [];
        if (!readFileSync(`/proc/${pid}/status`, 'utf8').includes(`\nPPid:\t${process.pid}\n`)) return [];
        return /(?:^|\0)HOME=([^\0]*)/.exec(readFileSync(`/proc/${pid}/environ`, 'utf8'))?.[1] ?? [];
      } catch {
        return []; // gone meanwhile
      }
    });
}

/** What a log would show of an error, and more. */
function everythingIn(error: unknown): string {
  const { message, stack, cause, ...rest } = error as Error;
  return [message, stack, JSON.stringify(rest), cause ? everythingIn(cause) : ''].join('\n');
}
