/**
 * What a BMC can be asked: the small computer beside a machine that switches it. Drivers (ipmi, redfish) implement
 * `Bmc` with one exchange per function and believe nothing that they have not read; `guardBmc` puts the queue and the
 * breaker in front of any of them, and answers as the same `Bmc`; `switch-power.ts` is made of it: what is verified.
 *
 * Words: a BMC is *asked*; a machine is *on* or *off*; *once* is for the next start of the machine alone.
 * Every function
 * - throws `BmcError` and nothing else, save `signal.reason` when the signal aborts;
 * - ends within the driver's own time-out: what hangs is killed, and is `unreachable`.
 * Source: IPMI 2.0 sections 28 and 22.22; Redfish ComputerSystem and Manager; what was measured of both.
 */
import type { Duplex } from 'node:stream';
import type { BmcInfo, Firmware } from '../../../../src/domain/contracts/facts.ts';

/** The power of a machine as its BMC reads it. A BMC that answers with anything else is `nonsense`. */
export type BmcPower = 'on' | 'off';

/** What a machine starts from. `setup`: the firmware's own menu. */
export type BootDevice = 'network' | 'disk' | 'cd' | 'setup';

/** What a machine shall start from instead of what its firmware is set to. */
export interface BootOverride {
  readonly device: BootDevice;
  readonly firmware: Firmware;
  /** `once`: used up by the next start. `always`: until it is changed, for BMCs that know no other. */
  readonly lasts: 'once' | 'always';
}

/** What a BMC can do, as far as asking finds out without changing anything. */
export interface BmcCapabilities {
  readonly softOff: boolean;
  /** Empty: it cannot change what the machine starts from, so the machine's firmware must try the network first. */
  readonly bootOverride: readonly BootOverride['lasts'][];
  readonly identify: boolean;
  readonly sensors: boolean;
  readonly users: boolean;
  readonly console: boolean;
}

/** An account of the BMC itself: compared with the last known ones, since a tenant who is root can add one. */
export interface BmcUser {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** As the BMC writes it: "ADMINISTRATOR", "Operator". */
  readonly role: string;
}

export interface BmcSensor {
  readonly name: string;
  /** Null: not a number, or none is read at this time. */
  readonly value: number | null;
  /** "degrees C", "RPM", "Watts"; empty where there is none. */
  readonly unit: string;
  readonly health: 'fine' | 'warning' | 'critical' | 'unknown';
}

/** One BMC, and the machine that it switches. */
export interface Bmc {
  /** Where it is, for sentences: "10.0.0.7", "127.0.0.1:9001". */
  readonly address: string;
  power(signal: AbortSignal): Promise<BmcPower>;
  /** Says *on*; whether the machine goes on is read by whoever asks. On a machine that is on: nothing happens. */
  on(signal: AbortSignal): Promise<void>;
  /** Pulls the plug. On a machine that is off: nothing happens. */
  off(signal: AbortSignal): Promise<void>;
  /** Presses the button: the system may shut down, or take no notice. */
  soft(signal: AbortSignal): Promise<void>;
  /** Presses reset, on a machine that is on. Some BMCs forget the boot override by it: prefer off and on. */
  reset(signal: AbortSignal): Promise<void>;
  /** What is set now. Null where the machine starts as its firmware is set to; `other`: a device that we have no word for. */
  bootOverride(signal: AbortSignal): Promise<BootOverride | 'other' | null>;
  /**
   * Sets (null: clears) the override and answers with what the BMC reads back. The device is the wanted one, else it throws:
   * `unsupported` when the BMC refuses, `nonsense` when it says yes and keeps another. Some keep no more than the device, so
   * `firmware` and `lasts` may be others than were asked for: whoever calls decides whether that will do.
   */
  setBootOverride(override: BootOverride | null, signal: AbortSignal): Promise<BootOverride | null>;
  /**
   * Whether the machine's firmware starts nothing that is not signed, as of its last start. Null: the BMC does not say (IPMI has
   * no word for it), or the firmware knows no Secure Boot.
   */
  secureBoot(signal: AbortSignal): Promise<boolean | null>;
  /** Lights the lamp at the machine for so many seconds (0: puts it out). */
  identify(seconds: number, signal: AbortSignal): Promise<void>;
  sensors(signal: AbortSignal): Promise<readonly BmcSensor[]>;
  /**
   * Who it is, and what is wrong with how it is set up. What *Test* and adding a machine ask: it is let through though the BMC
   * did not answer or refused the password before, so that somebody who mended it sees so at once.
   */
  info(signal: AbortSignal): Promise<BmcInfo>;
  users(signal: AbortSignal): Promise<readonly BmcUser[]>;
  capabilities(signal: AbortSignal): Promise<BmcCapabilities>;
  /**
   * The machine's serial console, to read and to write: it closes with the signal, when it is destroyed, and when the BMC ends
   * it (`error` says why, to who listens). It takes the place of whoever had it, and one of the few sessions that a BMC has.
   */
  openConsole(signal: AbortSignal): Promise<Duplex>;
}
