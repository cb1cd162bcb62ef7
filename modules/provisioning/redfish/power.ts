/** Power: read, and switched by what the service says that it can. Source: DSP2046, ComputerSystem, action Reset. */
import type { BmcPower } from '../shared/bmc/bmc.ts';
import { BmcError } from '../shared/bmc/bmc-error.ts';
import { isConflict } from './answer.ts';
import type { RedfishClient } from './client.ts';
import { actionInfo, type ComputerSystem } from './schemas.ts';
import { readSystem } from './system.ts';
import { tell } from './tell.ts';

/** On its way is not there: what is powering off still runs, what is powering on does not yet. */
const states: Readonly<Record<string, BmcPower>> = {
  On: 'on',
  Paused: 'on',
  PoweringOff: 'on',
  Off: 'off',
  PoweringOn: 'off',
};

export async function readPower(client: RedfishClient, signal: AbortSignal): Promise<BmcPower> {
  const { PowerState } = await readSystem(client, signal);
  const power = states[PowerState ?? ''];
  if (power) return power;
  const sentence = `The BMC at ${client.address} does not know yet whether the machine is on.`;
  if (PowerState === null || PowerState === undefined) throw new BmcError('busy', sentence);
  throw new BmcError(
    'nonsense',
    `The BMC at ${client.address} calls the power of the machine ${JSON.stringify(PowerState)}: On or Off was expected.`,
  );
}

/** What each of our words is called, the best first; and the states in which there is nothing to do. */
const words = {
  on: { types: ['On', 'ForceOn'], doing: 'to switch the machine on', done: ['On', 'PoweringOn'] },
  off: { types: ['ForceOff'], doing: 'to switch the machine off', done: ['Off'] },
  soft: {
    types: ['GracefulShutdown', 'PushPowerButton'],
    doing: 'to let the system shut down',
    done: ['Off', 'PoweringOff'],
  },
  reset: { types: ['ForceRestart', 'PowerCycle'], doing: 'to reset the machine', done: [] },
} as const;
type Word = keyof typeof words;

/**
 * Switches, unless it is so already: that is refused by most, each in its own words. An iDRAC answers 409 to *on* for up to a
 * minute after *off*: that is `busy`, and tried again by whoever waits for the power.
 */
export async function switchPower(client: RedfishClient, word: Word, signal: AbortSignal): Promise<void> {
  const system = await readSystem(client, signal);
  if (isDone(system, word)) return;
  const body = { ResetType: await resetType(client, system, word, signal) };
  const path = system.Actions?.['#ComputerSystem.Reset']?.target ?? usualTarget(system);
  try {
    await tell(client, { method: 'POST', path, body, doing: words[word].doing }, signal);
  } catch (error) {
    if (!isConflict(error) || !isDone(await readSystem(client, signal), word)) throw error;
  }
}

function isDone({ PowerState }: ComputerSystem, word: Word): boolean {
  const done: readonly string[] = words[word].done;
  return done.includes(PowerState ?? '');
}

function usualTarget(system: ComputerSystem): string {
  return `${system['@odata.id']}/Actions/ComputerSystem.Reset`;
}

async function resetType(
  client: RedfishClient,
  system: ComputerSystem,
  word: Word,
  signal: AbortSignal,
): Promise<string> {
  const { types, doing } = words[word];
  const allowed = await allowedResets(client, system, signal);
  const type = types.find((one) => allowed === null || allowed.includes(one));
  if (type !== undefined) return type;
  const knows = allowed?.join(', ') || 'nothing';
  throw new BmcError(
    'unsupported',
    `The BMC at ${client.address} cannot be asked ${doing}: it knows ${knows}.`,
  );
}

/** What Reset may be told: said with the action, or where the action points; null where neither says. */
async function allowedResets(
  client: RedfishClient,
  { Actions }: ComputerSystem,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const action = Actions?.['#ComputerSystem.Reset'];
  const said = action?.['ResetType@Redfish.AllowableValues'];
  const elsewhere = action?.['@Redfish.ActionInfo'];
  if (said || elsewhere === undefined) return said ?? null;
  const { Parameters } = await client.read(elsewhere, actionInfo, signal);
  return Parameters.find(({ Name }) => Name === 'ResetType')?.AllowableValues ?? null;
}

/** True where the button can be pressed. */
export async function knowsSoftOff(
  client: RedfishClient,
  system: ComputerSystem,
  signal: AbortSignal,
): Promise<boolean> {
  const allowed = await allowedResets(client, system, signal);
  return allowed === null || words.soft.types.some((type) => allowed.includes(type));
}
