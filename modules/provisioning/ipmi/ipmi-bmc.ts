/** BMCs that speak IPMI 2.0 over LAN, by ipmitool. Commands are sent as bytes (IPMI 2.0, section 28): those are what a BMC answers to. */
import type { BmcAccess, BmcInfo } from '../../../src/domain/contracts/facts.ts';
import type { Bmc, BmcCapabilities, BmcSensor, BootOverride } from '../shared/bmc/bmc.ts';
import { bmcAddress } from '../shared/bmc/bmc-address.ts';
import { BmcError } from '../shared/bmc/bmc-error.ts';
import { type Question, readBytes, readLines, type Said, SuiteRefused } from './answers.ts';
import { bootFlags, readBootFlags, readKeptFlags } from './boot-flags.ts';
import { admitsAnybody, foundSuite, withSuite } from './cipher-suites.ts';
import { type Greeting, ipmitool, usualPort } from './ipmitool.ts';
import { readInfo, readSensors, readUsers } from './lists.ts';
import { openConsole } from './sol-console.ts';

export interface IpmiOptions {
  /** Seconds that a packet may take before it is sent a second time, and before that is given up. */
  readonly packetSeconds: number;
}

/** IPMI 2.0, table 22-30: what is longer no BMC can keep. */
const longestPassword = 20;
const longestName = 16;
const longestIdentify = 255;
/** "The channel on which I ask." */
const thisChannel = 0x0e;
const userAccess = [0x06, 0x44, thisChannel, 0x01];
const solEnabled = [0x0c, 0x02, thisChannel, 0x01, 0x00, 0x00];
const sensorRepository = [0x0a, 0x20];
const bootFlagsParameter = 0x05;
const getBootFlags = [0x00, 0x09, bootFlagsParameter, 0x00, 0x00];
/** Parameter 3: which events clear the flags. Without it they are gone 60 s after they were set. */
const keepBootFlags = [0x00, 0x08, 0x03, 0x08];

export function ipmiBmc(access: BmcAccess, { packetSeconds }: IpmiOptions): Bmc {
  const address = bmcAddress(access, usualPort);
  const question = (what: string): Question => ({ address, username: access.username, what });

  /** Asks in a suite that the BMC speaks; `read` throws SuiteRefused when it does not. */
  async function ask<T>(words: readonly string[], signal: AbortSignal, read: (said: Said) => T): Promise<T> {
    checkLengths(access, address);
    return await withSuite(address, access.cipher, async (suite) =>
      read(await ipmitool(greetingWith(suite), words, signal)),
    );
  }
  const greetingWith = (suite: number): Greeting => ({ access, suite, packetSeconds });

  function raw(what: string, bytes: readonly number[], signal: AbortSignal, least = 0): Promise<number[]> {
    const words = ['raw', ...bytes.map((byte) => `0x${byte.toString(16).padStart(2, '0')}`)];
    return ask(words, signal, (said) => readBytes(said, question(what), least));
  }
  function list(what: string, words: readonly string[], signal: AbortSignal): Promise<string[]> {
    return ask(words, signal, (said) => readLines(said, question(what)));
  }
  async function control(what: string, code: number, signal: AbortSignal): Promise<void> {
    await raw(what, [0x00, 0x02, code], signal);
  }
  function readFlags(signal: AbortSignal): Promise<number[]> {
    return raw('what the machine starts from', getBootFlags, signal, 4);
  }
  async function setBootOverride(
    override: BootOverride | null,
    signal: AbortSignal,
  ): Promise<BootOverride | null> {
    const what = `to let the machine start from ${override?.device ?? 'what its firmware is set to'}`;
    await raw(what, keepBootFlags, signal).catch(unlessUnsupported);
    await raw(what, [0x00, 0x08, bootFlagsParameter, ...bootFlags(override)], signal);
    const flags = await readFlags(signal);
    const kept = override ? readKeptFlags(flags) : readBootFlags(flags);
    if (kept !== 'other' && kept?.device === override?.device) return kept;
    throw keptAnother(address, what, kept);
  }
  async function can(bytes: readonly number[], signal: AbortSignal): Promise<number[] | null> {
    return await raw('what it can do', bytes, signal).catch(unlessUnsupported);
  }
  async function capabilities(signal: AbortSignal): Promise<BmcCapabilities> {
    const boots = await can(getBootFlags, signal);
    const [, sol = 0] = (await can(solEnabled, signal)) ?? [];
    return {
      ...{ softOff: true, identify: true, bootOverride: boots ? ['once', 'always'] : [] },
      sensors: (await can(sensorRepository, signal)) !== null,
      users: (await can(userAccess, signal)) !== null,
      console: (sol & 1) === 1,
    };
  }
  /** An empty repository is not listed: ipmitool would write into it what it finds. */
  async function sensors(signal: AbortSignal): Promise<BmcSensor[]> {
    const [, low = 0, high = 0] = await raw('for its sensors', sensorRepository, signal, 3);
    if (low + high === 0) return [];
    return readSensors(await list('for its sensors', ['-c', 'sdr', 'list'], signal));
  }
  async function info(signal: AbortSignal): Promise<BmcInfo> {
    const found = readInfo(await list('who it is', ['mc', 'info'], signal));
    const cipher = foundSuite(address) ?? access.cipher;
    const open = await admitsAnybody(greetingWith(0), signal);
    return {
      ...{ manufacturer: found.manufacturer, product: found.product, version: found.version },
      protocol: `IPMI ${found.ipmi ?? '2.0'}, cipher suite ${cipher}`,
      warnings: [...(open ? [admitsAll(address)] : []), ...(found.updating ? [updating(address)] : [])],
      learnt: { cipher, fingerprint: null },
    };
  }

  return {
    address,
    async power(signal) {
      const [state = 0] = await raw('whether the machine is on', [0x00, 0x01], signal, 3);
      return state & 1 ? 'on' : 'off';
    },
    on: (signal) => control('to switch the machine on', 0x01, signal),
    off: (signal) => control('to switch the machine off', 0x00, signal),
    soft: (signal) => control('to let the system shut down', 0x05, signal),
    reset: (signal) => control('to reset the machine', 0x03, signal),
    bootOverride: async (signal) => readBootFlags(await readFlags(signal)),
    setBootOverride,
    secureBoot: () => Promise.resolve(null),
    async identify(seconds, signal) {
      await raw('to light its lamp', [0x00, 0x04, Math.min(seconds, longestIdentify)], signal);
    },
    sensors,
    info,
    users: async (signal) => readUsers(await list('for its accounts', ['-c', 'user', 'list'], signal)),
    capabilities,
    async openConsole(signal) {
      checkLengths(access, address);
      return await withSuite(address, access.cipher, (suite) =>
        openConsole(greetingWith(suite), question('for the serial console'), signal),
      );
    },
  };
}

/** What IPMI has no room for is refused here: ipmitool would cut it, and the BMC count a wrong password. */
function checkLengths({ username, password }: BmcAccess, address: string): void {
  const tooLong = (what: string, most: number) =>
    new BmcError(
      'auth',
      `The ${what} for the BMC at ${address} is too long: IPMI knows at most ${most} bytes.`,
    );
  if (Buffer.byteLength(password) > longestPassword) throw tooLong('password', longestPassword);
  if (Buffer.byteLength(username) > longestName) throw tooLong('name', longestName);
}

function unlessUnsupported(error: unknown): null {
  if (error instanceof BmcError && error.fault === 'unsupported' && !(error instanceof SuiteRefused))
    return null;
  throw error;
}

function keptAnother(address: string, what: string, kept: BootOverride | 'other' | null): BmcError {
  const is = kept === null ? 'nothing' : kept === 'other' ? 'something else' : kept.device;
  return new BmcError(
    'nonsense',
    `The BMC at ${address} was asked ${what}, said yes and kept ${is}: update its firmware, or let the firmware of the machine try the network first.`,
  );
}

function admitsAll(address: string): string {
  return `The BMC at ${address} lets anybody in without a password (cipher suite 0): switch that off in its settings.`;
}

function updating(address: string): string {
  return `The BMC at ${address} is busy with itself, perhaps with an update.`;
}
