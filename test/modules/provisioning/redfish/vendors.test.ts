import assert from 'node:assert/strict';
import { usualPatience } from '../../../../modules/provisioning/redfish/access.ts';
import { redfishBmc } from '../../../../modules/provisioning/redfish/redfish-bmc.ts';
import type { Bmc, BootOverride } from '../../../../modules/provisioning/shared/bmc/bmc.ts';
import { switchOn } from '../../../../modules/provisioning/shared/bmc/switch-power.ts';
import { fails } from '../shared/bmc/conformance.ts';
import * as emulators from './emulators.ts';
import { sessionsPath, startVendor, type Told, type Vendor, type VendorService } from './vendor-service.ts';
import * as vendors from './vendors.ts';

const { signal } = new AbortController();
const patience = { ...usualPatience, pollMs: 1 };
const pause = { signal, pauseMs: 1 };
const fromNetwork: BootOverride = { device: 'network', firmware: 'uefi', lasts: 'once' };
const patches = ({ told }: VendorService) => told.filter(({ method }) => method === 'PATCH');
const bootsIn = (told: readonly Told[]) => told.map(({ body }) => body.Boot);

async function using(
  vendor: Vendor,
  work: (bmc: Bmc, service: VendorService) => Promise<void>,
): Promise<void> {
  const service = await startVendor(vendor);
  try {
    await work(redfishBmc(service.access, patience), service);
  } finally {
    await service.close();
  }
}

describe('Redfish: what vendors do otherwise', () => {
  it('iDRAC: waits where on is refused for a while after off, and is not told what is so already', () =>
    using(vendors.idrac9(2), async (bmc, { told }) => {
      assert.equal(await switchOn(bmc, pause), true);
      await bmc.on(signal);
      assert.equal(await bmc.power(signal), 'on');
      assert.equal(told.filter(({ path }) => path.endsWith('.Reset')).length, 3);
    }));

  it('iDRAC: leaves empty places out of accounts and sensors, and asks for lists in one go', () =>
    using(vendors.idrac9(0), async (bmc) => {
      assert.deepEqual(await bmc.users(signal), [
        { id: '2', name: 'root', enabled: true, role: 'Administrator' },
      ]);
      assert.deepEqual(await bmc.sensors(signal), [
        { name: 'System Board Inlet Temp', value: 23, unit: 'degrees C', health: 'fine' },
        { name: 'System Board Fan1A', value: 18600, unit: 'RPM', health: 'fine' },
      ]);
    }));

  it('iDRAC of the 13th generation: sets the override without the mode that it refuses', () =>
    using(vendors.idrac8(), async (bmc) => {
      assert.deepEqual(await bmc.setBootOverride(fromNetwork, signal), fromNetwork);
      await fails(bmc.setBootOverride({ ...fromNetwork, firmware: 'bios' }, signal), 'unsupported');
    }));

  it('iLO: follows to the slash, weakens no ETag, and disables with a target', () =>
    using(vendors.ilo5(), async (bmc, service) => {
      assert.equal(await bmc.power(signal), 'off');
      assert.deepEqual(await bmc.setBootOverride(fromNetwork, signal), fromNetwork);
      assert.equal(await bmc.setBootOverride(null, signal), null);
      const [, cleared] = bootsIn(
        patches(service).filter(({ headers }) => headers['if-match'] === '"9B9F7D67"'),
      ).slice(-2);
      assert.deepEqual(cleared, {
        BootSourceOverrideEnabled: 'Disabled',
        BootSourceOverrideTarget: 'Pxe',
        BootSourceOverrideMode: 'UEFI',
      });
    }));

  it('iLO: knows a wrong password by its message', () =>
    using(vendors.ilo5(), async (_bmc, { access, told }) => {
      await fails(redfishBmc({ ...access, password: 'wrong' }, patience).power(signal), 'auth');
      assert.equal(told.filter(({ path }) => path === sessionsPath).length, 1);
    }));

  it('Supermicro: sends the mode always, and knows its own word for the network', () =>
    using(vendors.supermicro(), async (bmc, service) => {
      assert.deepEqual(await bmc.setBootOverride(fromNetwork, signal), fromNetwork);
      assert.deepEqual(bootsIn(patches(service)), [
        {
          BootSourceOverrideEnabled: 'Once',
          BootSourceOverrideTarget: 'Pxe',
          BootSourceOverrideMode: 'UEFI',
        },
      ]);
      assert.equal(
        (await bmc.setBootOverride({ ...fromNetwork, firmware: 'bios' }, signal))?.firmware,
        'bios',
      );
    }));

  it('Supermicro: finds its resets where they are listed, its lamp, and says by which door its console is', () =>
    using(vendors.supermicro(), async (bmc, service) => {
      await bmc.on(signal);
      assert.equal(await bmc.power(signal), 'on');
      await bmc.identify(0.01, signal);
      while (patches(service).length < 2) await new Promise((done) => setTimeout(done, 5));
      const lit = patches(service).map(({ body }) => body.LocationIndicatorActive);
      assert.deepEqual(lit, [true, false]);
      const { message } = await fails(bmc.openConsole(signal), 'unsupported');
      assert.match(message, /SSH \(port 22\), IPMI/);
    }));

  it('AMI: sets the override at /SD, with its ETag, by UEFI alone', () =>
    using(vendors.ami('Completed'), async (bmc, service) => {
      assert.deepEqual(await bmc.setBootOverride(fromNetwork, signal), fromNetwork);
      const [told] = patches(service);
      assert.equal(told?.path, '/redfish/v1/Systems/Self/SD');
      assert.equal(told?.headers['if-match'], '"1720574208"');
      const error = await fails(
        bmc.setBootOverride({ ...fromNetwork, firmware: 'bios' }, signal),
        'unsupported',
      );
      assert.match(error.message, /by BIOS: it knows UEFI/);
    }));

  it('AMI: follows what it does in its own time to its end, good or bad', async () => {
    await using(vendors.ami('Completed'), async (bmc) => {
      await bmc.on(signal);
      assert.equal(await bmc.power(signal), 'on');
    });
    await using(vendors.ami('Exception'), async (bmc) => {
      const { message } = await fails(bmc.on(signal), 'unsupported');
      assert.match(message, /The supply is missing/);
    });
  });

  it('Lenovo: sets the override at the machine, and none that lasts', () =>
    using(vendors.xcc(), async (bmc, service) => {
      assert.deepEqual((await bmc.capabilities(signal)).bootOverride, ['once']);
      assert.deepEqual(await bmc.setBootOverride(fromNetwork, signal), fromNetwork);
      assert.equal(patches(service)[0]?.path, '/redfish/v1/Systems/1');
      await fails(bmc.setBootOverride({ ...fromNetwork, lasts: 'always' }, signal), 'unsupported');
    }));

  it('OpenBMC: does without a mode, reads sensors one by one, lights the lamp of the case', () =>
    using(vendors.openBmc(), async (bmc, service) => {
      assert.deepEqual(await bmc.setBootOverride(fromNetwork, signal), fromNetwork);
      await fails(bmc.setBootOverride({ ...fromNetwork, device: 'cd' }, signal), 'unsupported');
      assert.deepEqual(await bmc.sensors(signal), [
        { name: 'BMC Temp 0', value: 41.5, unit: 'degrees C', health: 'critical' },
      ]);
      await bmc.identify(0, signal);
      assert.equal(patches(service).at(-1)?.path, '/redfish/v1/Chassis/BMC_0');
      assert.equal((await bmc.info(signal)).version, 'GB200Nvl-24.12-8');
    }));

  it('sushy-tools: looks again until the power is there, and tells that once lasts', () =>
    using(emulators.sushyTools(), async (bmc) => {
      assert.equal(await switchOn(bmc, pause), true);
      assert.deepEqual(await bmc.setBootOverride(fromNetwork, signal), { ...fromNetwork, lasts: 'always' });
    }));

  it('a service that says yes and does nothing is found out', async () => {
    await using(emulators.mockupServer(), async (bmc) => {
      await fails(switchOn(bmc, { ...pause, waitMs: 20 }), 'nonsense');
    });
    await using(emulators.forgetful(), async (bmc) => {
      const { message } = await fails(bmc.setBootOverride(fromNetwork, signal), 'nonsense');
      assert.match(message, /said yes and keeps nothing/);
    });
  });
});

describe('Redfish: sessions and certificates', () => {
  it('uses one session for all it asks, makes another when that was forgotten, and ends it', async () => {
    const service = await startVendor(emulators.mockupServer());
    const count = (method: string) =>
      service.told.filter((one) => one.method === method && one.path.startsWith(sessionsPath)).length;
    try {
      const ask = () => redfishBmc(service.access, patience).power(signal);
      await ask();
      await ask();
      assert.equal(count('POST'), 1);
      service.forget();
      await ask();
      assert.equal(count('POST'), 2);
    } finally {
      await service.close();
    }
    assert.equal(count('DELETE'), 1);
  });

  it('ends a session that nobody uses any more', async () => {
    const service = await startVendor(emulators.mockupServer());
    try {
      await redfishBmc(service.access, { ...patience, idleMs: 1 }).power(signal);
      const ended = () => service.told.some(({ method }) => method === 'DELETE');
      while (!ended()) await new Promise((done) => setTimeout(done, 5));
    } finally {
      await service.close();
    }
  });

  it('sends the password with each request where there are no sessions, and says so', () =>
    using(emulators.sessionless({}), async (bmc) => {
      assert.equal(await bmc.power(signal), 'off');
      assert.deepEqual((await bmc.info(signal)).warnings, [
        'It knows no sessions: the password travels with every request.',
      ]);
    }));

  it('does so where others have all of its sessions', () =>
    using(emulators.sessionless({ Sessions: { '@odata.id': sessionsPath } }), async (bmc, { told }) => {
      assert.equal(await bmc.power(signal), 'off');
      assert.equal(told.filter(({ path }) => path === sessionsPath).length, 1);
    }));

  it('tells the certificate that it saw first, and says nothing to whom shows another', async () => {
    const service = await startVendor(emulators.mockupServer());
    try {
      const unknown = { ...service.access, fingerprint: null };
      const { learnt } = await redfishBmc(unknown, patience).info(signal);
      assert.equal(learnt.fingerprint, service.access.fingerprint);
      const before = service.told.length;
      const other = redfishBmc({ ...service.access, fingerprint: 'ab'.repeat(32) }, patience);
      const { message } = await fails(other.power(signal), 'nonsense');
      assert.match(message, /is not who it was/);
      assert.ok(service.told.slice(before).every(({ method }) => method === 'DELETE'));
    } finally {
      await service.close();
    }
  });

  it('knows what is no BMC', () =>
    using(emulators.printer(), async (bmc) => {
      const { message } = await fails(bmc.power(signal), 'nonsense');
      assert.match(message, /is no Redfish service/);
    }));

  it('gives up on one that takes everything and answers nothing', async () => {
    const service = await startVendor({ resources: {}, answer: () => new Promise(() => undefined) });
    try {
      const error = await fails(
        redfishBmc(service.access, { ...patience, answerMs: 200 }).power(signal),
        'unreachable',
      );
      assert.match(error.message, /no answer within 0.2 s/);
    } finally {
      await service.close();
    }
  });
});
