/** The lamp by which a machine is found in its rack. Source: DSP2046, LocationIndicatorActive and, before 2020, IndicatorLED. */
import { BmcError } from '../shared/bmc/bmc-error.ts';
import type { RedfishClient } from './client.ts';
import type { Chassis, ComputerSystem } from './schemas.ts';
import { readChassis, readSystem } from './system.ts';
import { patch } from './tell.ts';

type Lit = ComputerSystem | Chassis;

const longestPutOut = 60_000;

/** Redfish knows no end of it: a lamp is put out from here. By the BMC's address. */
const ends = new Map<string, NodeJS.Timeout>();

/** Lights it for so many seconds, by `light`, which switches the lamp of the BMC at `address`. */
export async function identify(
  address: string,
  seconds: number,
  light: (lit: boolean, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  clearTimeout(ends.get(address));
  ends.delete(address);
  await light(seconds > 0, signal);
  if (seconds <= 0) return;
  const putOut = () => {
    ends.delete(address);
    light(false, AbortSignal.timeout(longestPutOut)).catch(() => undefined);
  };
  ends.set(address, setTimeout(putOut, seconds * 1000).unref());
}

/** At the machine or at its case, by whichever switch is taken first. */
export async function switchLamp(client: RedfishClient, lit: boolean, signal: AbortSignal): Promise<void> {
  const doing = lit ? 'to light the lamp of the machine' : 'to put the lamp of the machine out';
  let refused: unknown = new BmcError(
    'unsupported',
    `The BMC at ${client.address} has no lamp that it can light.`,
  );
  for (const lamp of await readLamps(client, signal)) {
    for (const body of bodies(lamp, lit)) {
      try {
        return await patch(client, { path: lamp['@odata.id'], body, doing }, signal);
      } catch (error) {
        if (!(error instanceof BmcError && error.fault === 'unsupported')) throw error;
        refused = error;
      }
    }
  }
  throw refused;
}

/** What has a lamp: the machine, its cases. */
async function readLamps(client: RedfishClient, signal: AbortSignal): Promise<Lit[]> {
  const system = await readSystem(client, signal);
  return [system, ...(await readChassis(client, system, signal))].filter(hasLamp);
}

export function hasLamp({ LocationIndicatorActive, IndicatorLED }: Lit): boolean {
  return typeof LocationIndicatorActive === 'boolean' || typeof IndicatorLED === 'string';
}

function bodies({ LocationIndicatorActive }: Lit, lit: boolean): object[] {
  const words = lit ? ['Lit', 'Blinking'] : ['Off'];
  const old = words.map((IndicatorLED) => ({ IndicatorLED }));
  return typeof LocationIndicatorActive === 'boolean' ? [{ LocationIndicatorActive: lit }, ...old] : old;
}
