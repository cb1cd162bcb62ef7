import { sha256 } from '../../../../src/lib/secrets.ts';
import type { Bmc } from './bmc.ts';
import { createGate, type Gate } from './gate.ts';

export interface Guarding {
  readonly username: string;
  readonly password: string;
  /** Milliseconds between two commands: 5,000 for BMCs of unknown kind, 0 for those of the rack. */
  readonly intervalMs: number;
}

/** One for each BMC that this process speaks with, however many contexts have it in hand. */
const gates = new Map<string, Gate>();

function gateOf(address: string): Gate {
  const gate = gates.get(address) ?? createGate(address);
  gates.set(address, gate);
  return gate;
}

/** The same BMC behind its gate: see `gate.ts` for what that refuses and delays. */
export function guardBmc(bmc: Bmc, { username, password, intervalMs }: Guarding): Bmc {
  const gate = gateOf(bmc.address);
  const credentials = sha256(`${username}\0${password}`);
  const pass = <T>(signal: AbortSignal, work: () => Promise<T>, insist = false) =>
    gate.pass(work, { signal, intervalMs, credentials, insist });
  return {
    address: bmc.address,
    power: (signal) => pass(signal, () => bmc.power(signal)),
    on: (signal) => pass(signal, () => bmc.on(signal)),
    off: (signal) => pass(signal, () => bmc.off(signal)),
    soft: (signal) => pass(signal, () => bmc.soft(signal)),
    reset: (signal) => pass(signal, () => bmc.reset(signal)),
    bootOverride: (signal) => pass(signal, () => bmc.bootOverride(signal)),
    setBootOverride: (override, signal) => pass(signal, () => bmc.setBootOverride(override, signal)),
    secureBoot: (signal) => pass(signal, () => bmc.secureBoot(signal)),
    identify: (seconds, signal) => pass(signal, () => bmc.identify(seconds, signal)),
    sensors: (signal) => pass(signal, () => bmc.sensors(signal)),
    info: (signal) => pass(signal, () => bmc.info(signal), true),
    users: (signal) => pass(signal, () => bmc.users(signal)),
    capabilities: (signal) => pass(signal, () => bmc.capabilities(signal)),
    openConsole: (signal) => pass(signal, () => bmc.openConsole(signal)),
  };
}
