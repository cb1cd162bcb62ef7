/** What every driver of a BMC must do, tried on a real service of its protocol with a machine behind it. */
import assert from 'node:assert/strict';
import type { Bmc, BmcCapabilities, BmcPower } from '../../../../../modules/provisioning/shared/bmc/bmc.ts';
import { BmcError, type BmcFault } from '../../../../../modules/provisioning/shared/bmc/bmc-error.ts';
import {
  startFrom,
  switchOff,
  switchOn,
} from '../../../../../modules/provisioning/shared/bmc/switch-power.ts';
import type { BmcInfo } from '../../../../../src/domain/contracts/facts.ts';

/** The machine behind the BMC, seen from beside. */
export interface MachineBeside {
  power(): Promise<BmcPower>;
  /** What each of its starts began with, the first first: "network", or "usual" where nothing was asked for. */
  starts(): Promise<readonly string[]>;
}

export interface BmcUnderTest {
  readonly bmc: Bmc;
  readonly machine: MachineBeside;
  readonly username: string;
  readonly password: string;
  /** The same BMC, asked with another password. */
  readonly mistaken: Bmc;
  /** False where it forgets whether what it keeps is valid (ipmi_sim). */
  readonly keepsFlags: boolean;
  /** The driver where nothing listens. */
  readonly nobody: Bmc;
  /** The same BMC, as it is made when something was learnt of it. */
  again(learnt: BmcInfo['learnt']): Bmc;
  close(): Promise<void>;
}

const { signal } = new AbortController();
const pause = { signal, pauseMs: 20 };

/** `open` starts the peer, with its machine off. */
export function bmcConformance(open: () => Promise<BmcUnderTest>): void {
  let peer: BmcUnderTest;
  before(async function () {
    this.timeout(60_000);
    peer = await open();
  });
  after(() => peer?.close());

  it('reads and switches the power, and twice is once', async () => {
    const { bmc, machine } = peer;
    assert.equal(await bmc.power(signal), 'off');
    assert.equal(await switchOn(bmc, pause), true);
    assert.equal(await machine.power(), 'on');
    assert.equal(await switchOn(bmc, pause), false);
    await bmc.on(signal);
    assert.equal((await machine.starts()).length, 1);
    assert.equal(await switchOff(bmc, pause), true);
    assert.equal(await machine.power(), 'off');
    await bmc.off(signal);
    assert.equal(await bmc.power(signal), 'off');
  });

  it('resets a machine that is on', async () => {
    const { bmc, machine } = peer;
    await switchOn(bmc, pause);
    const before = (await machine.starts()).length;
    await bmc.reset(signal);
    assert.equal(await machine.power(), 'on');
    assert.equal((await machine.starts()).length, before + 1);
    await switchOff(bmc, pause);
  });

  it('starts the machine from the network once, and from its disk after that', async () => {
    const { bmc, machine } = peer;
    const before = (await machine.starts()).length;
    await startFrom(bmc, { device: 'network', firmware: 'bios', lasts: 'once' }, pause);
    await startFrom(bmc, undefined, pause);
    assert.deepEqual((await machine.starts()).slice(before), ['network', 'usual']);
    assert.equal(await bmc.bootOverride(signal), null);
    await switchOff(bmc, pause);
  });

  it('reads back what the machine shall start from, and takes it back', async () => {
    const { bmc } = peer;
    const kept = await bmc.setBootOverride({ device: 'network', firmware: 'bios', lasts: 'once' }, signal);
    assert.equal(kept?.device, 'network');
    if (peer.keepsFlags) assert.deepEqual(await bmc.bootOverride(signal), kept);
    assert.equal(await bmc.setBootOverride(null, signal), null);
    assert.equal(await bmc.bootOverride(signal), null);
  });

  it('can do what it says that it can, and says that it cannot do the rest', async () => {
    const { bmc } = peer;
    const can: BmcCapabilities = await bmc.capabilities(signal);
    assert.ok(can.bootOverride.includes('once'));
    await holds(can.identify, () => bmc.identify(0, signal));
    await holds(can.sensors, () => bmc.sensors(signal));
    await holds(can.users, () => bmc.users(signal));
    // That a console is switched on does not say that there is a line behind it.
    const console = (await bmc.openConsole(signal).catch(isUnsupported)) ?? null;
    console?.destroy();
    assert.ok(can.console || !console);
  });

  it('says who it is and who may ask it', async () => {
    const { bmc, username } = peer;
    const { protocol, learnt } = await bmc.info(signal);
    assert.match(protocol, /^(IPMI|Redfish) \d/);
    assert.equal(await peer.again(learnt).power(signal), await bmc.power(signal));
    const users = await bmc.users(signal);
    assert.ok(users.some(({ name, enabled }) => name === username && enabled));
  });

  it('presses the button of the machine', async () => {
    const { bmc } = peer;
    await switchOn(bmc, pause);
    await bmc.soft(signal);
    await switchOff(bmc, pause);
  });

  it('knows when its password is refused, and says so without it', async () => {
    const error = await fails(peer.mistaken.power(signal), 'auth');
    assert.doesNotMatch(error.message + JSON.stringify(error.facts), new RegExp(peer.password));
  });

  it('knows when nobody answers', async function () {
    this.timeout(60_000);
    await fails(peer.nobody.power(signal), 'unreachable');
  });

  it('stops with the reason of its signal', async () => {
    const reason = new Error('enough');
    await assert.rejects(peer.bmc.power(AbortSignal.abort(reason)), reason);
    const stopping = new AbortController();
    const asked = peer.bmc.power(stopping.signal);
    stopping.abort(reason);
    await assert.rejects(asked, reason);
  });
}

function isUnsupported(error: unknown): void {
  assert.ok(error instanceof BmcError && error.fault === 'unsupported', String(error));
}

async function holds(can: boolean, work: () => Promise<unknown>): Promise<void> {
  if (can) await work();
  else await fails(work(), 'unsupported');
}

/** The error that it fails with. */
export async function fails(work: Promise<unknown>, fault: BmcFault): Promise<BmcError> {
  const error = await work.then(
    () => assert.fail(`it should have failed as ${fault}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof BmcError, String(error));
  assert.equal(error.fault, fault, error.message);
  return error;
}
