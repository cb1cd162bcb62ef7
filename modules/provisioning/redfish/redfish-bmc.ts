/** The driver of BMCs that speak Redfish. */
import type { Bmc } from '../shared/bmc/bmc.ts';
import { noConsole, readCapabilities, readInfo, readUsers } from './about.ts';
import { type RedfishAccess, type RedfishPatience, usualPatience } from './access.ts';
import { readBootOverride } from './boot-override.ts';
import type { RedfishClient } from './client.ts';
import { identify, switchLamp } from './identify.ts';
import { keptClient } from './kept-clients.ts';
import { addressOf } from './line.ts';
import { readPower, switchPower } from './power.ts';
import { readSecureBoot } from './secure-boot.ts';
import { readSensors } from './sensors.ts';
import { setBootOverride } from './set-boot-override.ts';

/**
 * A BMC as it is reached now. Whoever makes it again with the same access uses the same session; with a fingerprint of
 * null the first certificate that it shows is the one it is known by from then on (`info().learnt`, to be kept).
 */
export function redfishBmc(access: RedfishAccess, patience: RedfishPatience = usualPatience): Bmc {
  const use = <T>(work: (client: RedfishClient) => Promise<T>) => keptClient(access, patience, work);
  const address = addressOf(access);
  const light = (lit: boolean, signal: AbortSignal) => use((client) => switchLamp(client, lit, signal));
  return {
    address,
    power: (signal) => use((client) => readPower(client, signal)),
    on: (signal) => use((client) => switchPower(client, 'on', signal)),
    off: (signal) => use((client) => switchPower(client, 'off', signal)),
    soft: (signal) => use((client) => switchPower(client, 'soft', signal)),
    reset: (signal) => use((client) => switchPower(client, 'reset', signal)),
    bootOverride: (signal) => use((client) => readBootOverride(client, signal)),
    setBootOverride: (override, signal) => use((client) => setBootOverride(client, override, signal)),
    secureBoot: (signal) => use((client) => readSecureBoot(client, signal)),
    identify: (seconds, signal) => identify(address, seconds, light, signal),
    sensors: (signal) => use((client) => readSensors(client, signal)),
    info: (signal) => use((client) => readInfo(client, signal)),
    users: (signal) => use((client) => readUsers(client, signal)),
    capabilities: (signal) => use((client) => readCapabilities(client, signal)),
    openConsole: (signal) => use((client) => noConsole(client, signal)),
  };
}
