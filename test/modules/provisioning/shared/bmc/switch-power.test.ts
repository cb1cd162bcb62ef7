import assert from 'node:assert/strict';
import { BmcError } from '../../../../../modules/provisioning/shared/bmc/bmc-error.ts';
import {
  type Switching,
  startFrom,
  switchOff,
  switchOn,
} from '../../../../../modules/provisioning/shared/bmc/switch-power.ts';
import { fakeBmc } from '../../../../helpers/fake-bmc.ts';

const network = { device: 'network', firmware: 'bios', lasts: 'once' } as const;
const { signal } = new AbortController();
/** However long it takes here: what ends a wait in these tests is an answer. */
const patient: Switching = { signal, waitMs: 60_000, pauseMs: 1 };
/** Whose time is over at once. */
const short: Switching = { signal, waitMs: 0, pauseMs: 1 };
const nonsense = (words: RegExp) => (error: unknown) =>
  error instanceof BmcError &&
  error.fault === 'nonsense' &&
  error.kind === 'node_broken' &&
  words.test(error.message);

describe('modules/provisioning/shared/bmc/switch-power', () => {
  it('requirement 2: a machine is on when its BMC says so, asked again and again', async () => {
    const bmc = fakeBmc({ delay: 3 });
    assert.equal(await switchOn(bmc, patient), true);
    assert.deepEqual(bmc.asked, ['power', 'on', 'power', 'power', 'power', 'power']);
    assert.equal(await switchOn(bmc, patient), false);
    assert.equal(bmc.asked.filter((name) => name === 'on').length, 1);
  });

  it('requirement 2: a system that takes no notice of the button loses its power', async () => {
    const bmc = fakeBmc({ isOn: true });
    bmc.ignores.add('soft');
    const said: string[] = [];
    const progress = (step: string) => said.push(step);
    assert.equal(await switchOff(bmc, { ...patient, softMs: 1, progress }), true);
    assert.deepEqual(
      bmc.asked.filter((name) => name !== 'power'),
      ['soft', 'off'],
    );
    assert.deepEqual(said, ['shutting down', 'switching off']);
  });

  it('one that shuts down by itself keeps it, and a BMC without the button pulls the plug', async () => {
    const obedient = fakeBmc({ isOn: true, delay: 2 });
    await switchOff(obedient, { ...patient, softMs: 60_000 });
    assert.ok(!obedient.asked.includes('off'));
    const old = fakeBmc({ isOn: true });
    old.throws.set('soft', [new BmcError('unsupported', 'It has none.')]);
    await switchOff(old, { ...patient, softMs: 60_000 });
    assert.deepEqual(
      old.asked.filter((name) => name !== 'power'),
      ['soft', 'off'],
    );
  });

  it('requirement 2: a BMC that says yes and does nothing is broken, with a sentence that says what to do', async () => {
    const off = fakeBmc({ isOn: true });
    off.ignores.add('off');
    await assert.rejects(
      switchOff(off, short),
      nonsense(/at 10\.0\.0\.7 said that it switches the machine off, which is still on after 0 s: look at/),
    );
    const on = fakeBmc();
    on.ignores.add('on');
    await assert.rejects(switchOn(on, short), nonsense(/switches the machine on, which is still off/));
  });

  it('requirement 3: off, boot device, on: in that order, whatever it was', async () => {
    for (const isOn of [true, false]) {
      const bmc = fakeBmc({ isOn, delay: 1 });
      await startFrom(bmc, network, patient);
      const acts = bmc.asked.filter((name) => name !== 'power');
      assert.deepEqual(acts, [...(isOn ? ['off'] : []), 'boot network', 'on']);
      assert.equal(bmc.isOn, true);
    }
    const bmc = fakeBmc({ isOn: true });
    await startFrom(bmc, undefined, patient);
    assert.deepEqual(
      bmc.asked.filter((name) => name !== 'power'),
      ['off', 'on'],
      'never a reset',
    );
  });

  it('requirement 3: nothing is switched on whose boot device was refused', async () => {
    const bmc = fakeBmc({ isOn: true });
    bmc.throws.set('boot network', [new BmcError('unsupported', 'It refuses.')]);
    await assert.rejects(startFrom(bmc, network, patient), /It refuses/);
    assert.equal(bmc.isOn, false);
    assert.ok(!bmc.asked.includes('on'));
  });

  it('requirement 28: a BMC that has no such function starts the machine as its firmware is set', async () => {
    const bmc = fakeBmc({ isOn: true });
    bmc.boots = [];
    bmc.throws.set('boot network', [new BmcError('unsupported', 'It has none.')]);
    await startFrom(bmc, network, patient);
    assert.deepEqual(
      bmc.asked.filter((name) => name !== 'power'),
      ['off', 'boot network', 'on'],
    );
  });

  it('a BMC that wants patience is asked again, one that is silent for a moment is read again', async () => {
    const bmc = fakeBmc();
    const busy = () => new BmcError('busy', 'Not yet.');
    bmc.throws.set('on', [busy(), busy()]);
    await switchOn(bmc, patient);
    assert.deepEqual(bmc.asked, ['power', 'on', 'on', 'on', 'power']);
    const silent = fakeBmc({ delay: 1 });
    const reading = silent.on;
    silent.on = async (s) => {
      silent.throws.set('power', [new BmcError('unreachable', 'Silence.'), busy()]);
      await reading(s);
    };
    assert.equal(await switchOn(silent, patient), true);
    await assert.rejects(
      switchOn(Object.assign(fakeBmc(), { on: () => Promise.reject(busy()) }), short),
      /Not yet/,
    );
  });

  it('requirement 7: a refused password ends it at once', async () => {
    const bmc = fakeBmc();
    bmc.throws.set('on', [new BmcError('auth', 'Refused.')]);
    await assert.rejects(switchOn(bmc, patient), /Refused/);
    assert.deepEqual(bmc.asked, ['power', 'on']);
  });

  it('stops when it is aborted, with the reason', async () => {
    const stop = new AbortController();
    const bmc = fakeBmc();
    bmc.ignores.add('on');
    const going = switchOn(bmc, { signal: stop.signal, waitMs: 60_000, pauseMs: 60_000 });
    stop.abort(new Error('enough'));
    await assert.rejects(going, /enough/);
  });
});
