/**
 * Sets what the machine starts from. Where services differ:
 * - Supermicro forgets the mode unless it is sent each time; iDRAC of the 13th generation refuses it even when it is so;
 * - iLO refuses to disable what has no target;
 * - some read back `Continuous` for `Once`, or show what they were told a moment later.
 */
import { sleep } from '../../../src/lib/sleep.ts';
import type { BootOverride } from '../shared/bmc/bmc.ts';
import { BmcError } from '../shared/bmc/bmc-error.ts';
import {
  findBootPlace,
  knownLastings,
  lastingOf,
  modeOf,
  overrideIn,
  readBootOverride,
  targetsOf,
} from './boot-override.ts';
import type { RedfishClient } from './client.ts';
import type { Boot } from './schemas.ts';
import { patch } from './tell.ts';

export async function setBootOverride(
  client: RedfishClient,
  override: BootOverride | null,
  signal: AbortSignal,
): Promise<BootOverride | null> {
  const { path, boot } = await findBootPlace(client, signal);
  const doing = `to let the machine start from ${override?.device ?? 'what its firmware is set to'}`;
  const bodies = override ? bodiesToSet(client, override, boot) : bodiesToClear(boot);
  await firstAccepted(bodies, (Boot) => patch(client, { path, body: { Boot }, doing }, signal));
  return await readBack(client, override, doing, signal);
}

type Wanted = Readonly<Record<string, string>>;

function bodiesToSet(client: RedfishClient, { device, firmware, lasts }: BootOverride, boot: Boot): Wanted[] {
  const mode = modeOf[firmware];
  const stands = boot.BootSourceOverrideMode;
  const modes = boot['BootSourceOverrideMode@Redfish.AllowableValues'];
  if (!knownLastings(boot).includes(lasts)) throw cannot(client, `from ${device} ${lasts}`);
  if (modes && !modes.includes(mode)) throw cannot(client, `by ${firmware.toUpperCase()}`, modes);
  const body = {
    BootSourceOverrideEnabled: lastingOf[lasts],
    BootSourceOverrideTarget: targetOf(client, device, boot),
  };
  if (stands === undefined) return [body];
  const whole = { ...body, BootSourceOverrideMode: mode };
  return stands === mode ? [whole, body] : [whole];
}

function targetOf(client: RedfishClient, device: BootOverride['device'], boot: Boot): string {
  const allowed = boot['BootSourceOverrideTarget@Redfish.AllowableValues'];
  const target = targetsOf[device].find((one) => !allowed || allowed.includes(one));
  if (target) return target;
  throw cannot(client, `from ${device}`, allowed);
}

function cannot({ address }: RedfishClient, what: string, known?: readonly string[]): BmcError {
  const knows = known ? `: it knows ${known.join(', ')}` : '';
  return new BmcError('unsupported', `The BMC at ${address} cannot let the machine start ${what}${knows}.`);
}

function bodiesToClear(boot: Boot): Wanted[] {
  const { BootSourceOverrideTarget: target, BootSourceOverrideMode: mode } = boot;
  const body = { BootSourceOverrideEnabled: 'Disabled' };
  const kept = { BootSourceOverrideTarget: target && target !== 'None' ? target : targetsOf.network[0] };
  return [body, { ...body, ...kept, ...(mode ? { BootSourceOverrideMode: mode } : {}) }];
}

/** Sends one after the other until one is not refused. */
async function firstAccepted(
  bodies: readonly Wanted[],
  send: (body: Wanted) => Promise<void>,
): Promise<void> {
  for (const [index, body] of bodies.entries()) {
    try {
      return await send(body);
    } catch (error) {
      const refused = error instanceof BmcError && error.fault === 'unsupported';
      if (!refused || index === bodies.length - 1) throw error;
    }
  }
}

const looks = 5;

async function readBack(
  client: RedfishClient,
  wanted: BootOverride | null,
  doing: string,
  signal: AbortSignal,
): Promise<BootOverride | null> {
  for (let look = 1; look <= looks; look++) {
    if (look > 1) await sleep(client.patience.pollMs, signal);
    const kept = await readBootOverride(client, signal);
    if (kept !== 'other' && kept?.device === wanted?.device) return kept;
  }
  throw notKept(client, doing, (await findBootPlace(client, signal)).boot);
}

function notKept({ address }: RedfishClient, doing: string, boot: Boot): BmcError {
  const stands = [boot.BootSourceOverrideEnabled, boot.BootSourceOverrideTarget, boot.BootSourceOverrideMode];
  const said = overrideIn(boot) ? stands.filter((part) => part).join(', ') : 'nothing';
  const mend = 'Restart the BMC, and look for newer firmware if it stays so.';
  return new BmcError(
    'nonsense',
    `The BMC at ${address} was told ${doing}, said yes and keeps ${said}. ${mend}`,
  );
}
