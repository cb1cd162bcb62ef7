import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { BmcError, type BmcFault } from '../../../../../modules/provisioning/shared/bmc/bmc-error.ts';
import { createGate, type Passage } from '../../../../../modules/provisioning/shared/bmc/gate.ts';
import { guardBmc } from '../../../../../modules/provisioning/shared/bmc/guard-bmc.ts';
import { fakeBmc } from '../../../../helpers/fake-bmc.ts';

const { signal } = new AbortController();
setMaxListeners(0, signal);
const passage: Passage = { signal, intervalMs: 0, credentials: 'a', insist: false };
const failing = (fault: BmcFault) => () => Promise.reject(new BmcError(fault, `It is ${fault}.`));
const fine = async () => 'fine';

describe('modules/provisioning/shared/bmc/gate', () => {
  it('requirement 5: fifty commands for one BMC go one at a time, in order, never closer than the interval', async () => {
    const gate = createGate('bmc');
    const intervalMs = 3;
    const ends: number[] = [];
    const begins: number[] = [];
    const order: number[] = [];
    let inFlight = 0;
    const command = (n: number) => async () => {
      assert.equal(++inFlight, 1);
      begins.push(performance.now());
      order.push(n);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
      ends.push(performance.now());
    };
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    await Promise.all(numbers.map((n) => gate.pass(command(n), { ...passage, intervalMs })));
    assert.deepEqual(order, numbers);
    for (const [n, end] of ends.entries()) {
      const next = begins[n + 1];
      if (next !== undefined) assert.ok(next - end >= intervalMs, `${next - end} ms after number ${n}`);
    }
  });

  it('requirement 5: fifty BMCs are asked at the same time', async () => {
    let inFlight = 0;
    let allIn: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      allIn = resolve;
    });
    const command = async () => {
      if (++inFlight === 50) allIn();
      await all; // nobody ends before the last has begun
    };
    await Promise.all(Array.from({ length: 50 }, (_, n) => createGate(`bmc${n}`).pass(command, passage)));
    assert.equal(inFlight, 50);
  });

  it('requirement 6: rests after three silences, asks once when the time is over, and longer rests follow', async () => {
    let now = 0;
    let asked = 0;
    const gate = createGate('bmc', () => now);
    const silent = () => {
      asked++;
      return failing('unreachable')();
    };
    const ask = () => gate.pass(silent, passage);
    for (let n = 0; n < 3; n++) await assert.rejects(ask(), /It is unreachable/);
    await assert.rejects(ask(), /did not answer 3 times in a row. It is asked again in 15 s/);
    assert.equal(asked, 3);
    now = 15_000;
    const many = await Promise.allSettled(Array.from({ length: 20 }, ask));
    assert.equal(asked, 4, 'half open: one of twenty went through');
    assert.ok(many.every(({ status }) => status === 'rejected'));
    await assert.rejects(ask(), /4 times in a row. It is asked again in 30 s/);
    now = 45_000;
    assert.equal(await gate.pass(fine, passage), 'fine');
    await assert.rejects(ask(), /It is unreachable/);
    await assert.rejects(ask(), /It is unreachable/, 'closed: it begins to count anew');
  });

  it('requirement 6: is not opened by a BMC that answers, whatever it says', async () => {
    const gate = createGate('bmc', () => 0);
    for (const fault of [
      'unreachable',
      'unreachable',
      'busy',
      'unreachable',
      'unreachable',
      'unsupported',
    ] as const)
      await assert.rejects(gate.pass(failing(fault), passage), new RegExp(`It is ${fault}`));
    assert.equal(await gate.pass(fine, passage), 'fine');
  });

  it('requirement 7: asks once with a name and password that were refused, however many want to', async () => {
    const gate = createGate('bmc');
    let asked = 0;
    const locked = () => {
      asked++;
      return failing('auth')();
    };
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => gate.pass(locked, passage)));
    assert.equal(asked, 1);
    assert.match(String((tries[9] as PromiseRejectedResult).reason), /refused this name and password before/);
    assert.equal(await gate.pass(fine, { ...passage, credentials: 'b' }), 'fine', 'others are tried');
    await assert.rejects(gate.pass(fine, passage), /before/);
    assert.equal(await gate.pass(fine, { ...passage, insist: true }), 'fine', 'Test asks again');
    assert.equal(await gate.pass(fine, passage), 'fine', 'and was let in');
  });

  it('lets who gives up go at once, and counts that for nothing', async () => {
    const gate = createGate('bmc');
    let release: () => void = () => undefined;
    const busy = gate.pass(() => new Promise<void>((resolve) => (release = resolve)), passage);
    const stop = new AbortController();
    let ran = false;
    const work = async () => {
      ran = true;
    };
    const waiting = gate.pass(work, { ...passage, signal: stop.signal });
    stop.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    await assert.rejects(gate.pass(work, { ...passage, signal: stop.signal }), /enough/);
    release();
    await busy;
    await gate.pass(fine, passage);
    assert.equal(ran, false);
  });

  it('stands before a BMC once, however many have it in hand; who it is can always be asked', async () => {
    const bmc = fakeBmc();
    const guarding = { username: 'admin', password: 'wrong', intervalMs: 0 };
    const one = guardBmc(bmc, guarding);
    const other = guardBmc(bmc, guarding);
    bmc.throws.set('power', [new BmcError('auth', 'Refused.')]);
    await assert.rejects(one.power(signal), /Refused/);
    await assert.rejects(other.power(signal), /before/);
    await assert.rejects(other.on(signal), /before/);
    assert.deepEqual(bmc.asked, ['power']);
    await other.info(signal);
    assert.equal(await one.power(signal), 'off');
  });
});
