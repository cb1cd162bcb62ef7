/** What is measured in the machine. Source: DSP2046, Thermal (most machines) and Sensor (new ones). */
import type { BmcSensor } from '../shared/bmc/bmc.ts';
import { BmcError } from '../shared/bmc/bmc-error.ts';
import type { RedfishClient } from './client.ts';
import { readMembers } from './members.ts';
import { type Status, sensor, thermal } from './schemas.ts';
import { readChassis, readSystem } from './system.ts';

export async function readSensors(client: RedfishClient, signal: AbortSignal): Promise<readonly BmcSensor[]> {
  const cases = await readChassis(client, await readSystem(client, signal), signal);
  const found: BmcSensor[] = [];
  for (const { Thermal, Sensors } of cases) {
    if (Thermal) found.push(...(await readThermal(client, Thermal['@odata.id'], signal)));
    else if (Sensors) found.push(...(await readEach(client, Sensors['@odata.id'], signal)));
  }
  if (cases.some(({ Thermal, Sensors }) => Thermal ?? Sensors)) return found;
  throw new BmcError('unsupported', `The BMC at ${client.address} tells nothing that it measures.`);
}

async function readThermal(client: RedfishClient, path: string, signal: AbortSignal): Promise<BmcSensor[]> {
  const { Temperatures, Fans } = await client.read(path, thermal, signal);
  const degrees = (Temperatures ?? []).map(({ Name, ReadingCelsius, Status }) =>
    asSensor(Name, ReadingCelsius, 'Cel', Status),
  );
  const fans = (Fans ?? []).map(({ Name, FanName, Reading, ReadingUnits, Status }) =>
    asSensor(Name ?? FanName, Reading, ReadingUnits, Status),
  );
  return [...degrees, ...fans].flatMap((one) => one ?? []);
}

async function readEach(client: RedfishClient, path: string, signal: AbortSignal): Promise<BmcSensor[]> {
  const members = await readMembers(client, path, sensor, signal);
  return members.flatMap(
    ({ Name, Reading, ReadingUnits, Status }) => asSensor(Name, Reading, ReadingUnits, Status) ?? [],
  );
}

/** UCUM codes and Redfish's own words, as people read them. */
const units: Readonly<Record<string, string>> = {
  Cel: 'degrees C',
  W: 'Watts',
  V: 'Volts',
  A: 'Amps',
  Percent: '%',
};
const healths: Readonly<Record<string, BmcSensor['health']>> = {
  OK: 'fine',
  Warning: 'warning',
  Critical: 'critical',
};

type Maybe<T> = T | null | undefined;

/** Null for a place in which there is nothing. */
function asSensor(
  name: Maybe<string>,
  value: Maybe<number>,
  unit: Maybe<string>,
  status: Status,
): BmcSensor | null {
  if (!name || status?.State === 'Absent') return null;
  const health = healths[status?.Health ?? ''] ?? 'unknown';
  return { name, value: value ?? null, unit: unit ? (units[unit] ?? unit) : '', health };
}
