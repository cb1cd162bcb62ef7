import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { ipmiBmc } from '../../../../modules/provisioning/ipmi/ipmi-bmc.ts';
import { BmcError } from '../../../../modules/provisioning/shared/bmc/bmc-error.ts';
import { createGate } from '../../../../modules/provisioning/shared/bmc/gate.ts';
import { guardBmc } from '../../../../modules/provisioning/shared/bmc/guard-bmc.ts';
import { type SimulatedBmc, startIpmiSim } from '../../../helpers/ipmi-sim.ts';
import { startUdpRelay } from '../../../helpers/udp-relay.ts';

const all = 40;
const dead = 10;

describe('modules/provisioning/ipmi with forty BMCs of which ten hang', function () {
  this.timeout(180_000);
  const sims: SimulatedBmc[] = [];
  before(async () => {
    for (let n = 0; n < all; n++) sims.push(await startIpmiSim());
  });
  after(() => Promise.all(sims.map((sim) => sim.close())));

  /** `packetSeconds`: nobody who hangs is given up while this test lasts. */
  function guarded(sim: SimulatedBmc, packetSeconds: number) {
    const access = { ...sim.access, cipher: 3 };
    return guardBmc(ipmiBmc(access, { packetSeconds }), { ...access, intervalMs: 0 });
  }

  it('requirement 6: the other thirty are asked while the ten are still waited for', async () => {
    for (const sim of sims.slice(0, dead)) sim.hang();
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    let given = 0;
    const lost = sims.slice(0, dead).map((sim) =>
      guarded(sim, 60)
        .power(stop.signal)
        .finally(() => given++),
    );
    const settled = Promise.allSettled(lost);
    const answers = await Promise.all(sims.slice(dead).map((sim) => guarded(sim, 20).power(stop.signal)));
    assert.deepEqual(answers, Array(all - dead).fill('off'));
    assert.equal(given, 0);
    stop.abort(new Error('enough'));
    for (const outcome of await settled)
      assert.match(String((outcome as PromiseRejectedResult).reason), /enough/);
    for (const sim of sims.slice(0, dead)) sim.wake();
  });

  it('requirement 5: fifty requests for one BMC reach it one at a time', async () => {
    const sim = sims[all - 1] as SimulatedBmc;
    await sim.hookFault('echo begun >> hook.log; sleep 0.02; trap "echo ended >> hook.log" EXIT');
    const bmc = guarded(sim, 20);
    const { signal } = new AbortController();
    setMaxListeners(0, signal);
    await Promise.all(Array.from({ length: 50 }, () => bmc.power(signal)));
    const marks = (await sim.calls()).filter((line) => /^(begun|ended)$/.test(line));
    assert.ok(marks.length >= 100);
    assert.ok(marks.every((mark, n) => mark === (n % 2 === 0 ? 'begun' : 'ended')));
  });

  it('requirement 6: one that hangs is left alone after three tries, and taken back when it lives', async () => {
    const sim = sims[0] as SimulatedBmc;
    const relay = await startUdpRelay(sim.access.port ?? 0);
    const asking = (packetSeconds: number) =>
      ipmiBmc({ ...sim.access, port: relay.port, cipher: 3 }, { packetSeconds });
    let bmc = asking(1);
    let now = 0;
    const gate = createGate('hung', () => now);
    const { signal } = new AbortController();
    const ask = () =>
      gate.pass(() => bmc.power(signal), { signal, intervalMs: 0, credentials: '', insist: false });
    sim.hang();
    for (let n = 0; n < 3; n++) await assert.rejects(ask(), BmcError);
    const heard = relay.packets.length;
    await assert.rejects(ask(), /did not answer 3 times in a row/);
    assert.equal(relay.packets.length, heard, 'nothing was sent');
    sim.wake();
    now = 60_000;
    bmc = asking(20);
    assert.equal(await ask(), 'off');
    relay.close();
  });
});
