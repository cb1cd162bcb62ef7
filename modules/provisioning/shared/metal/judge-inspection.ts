/** What came of inspecting a machine, part by part, in sentences. */
import type { InspectedPart } from '../../../../src/domain/contracts/bare-metal.ts';
import { BmcError } from '../bmc/bmc-error.ts';
import { diskOf } from './fits.ts';
import type { Inventory } from './inventory.ts';
import type { InspectJob } from './jobs/inspect-job.ts';
import type { Metal } from './metal.ts';

const fine = { result: 'fine', seconds: null, measured: null } as const;

/** Its BMC: who it is, what is amiss with how it is set up, and what its sensors say. */
export async function checkBmc({ bmc, context }: Metal): Promise<InspectedPart[]> {
  const { protocol, version, warnings } = await bmc.info(context.signal);
  const who = `It answers by ${protocol}${version ? `, version ${version}` : ''}.`;
  const amiss = warnings.length > 0;
  const account: InspectedPart = {
    ...{ ...fine, name: 'BMC', result: amiss ? 'warning' : 'fine' },
    says: [who, ...warnings].join(' '),
  };
  return [account, ...(await checkSensors({ bmc, context }))];
}

async function checkSensors({ bmc, context }: Pick<Metal, 'bmc' | 'context'>): Promise<InspectedPart[]> {
  const sensors = await bmc.sensors(context.signal).catch((error: unknown) => {
    if (error instanceof BmcError) return [];
    throw error;
  });
  if (sensors.length === 0) return [];
  const bad = sensors.filter(({ health }) => health === 'critical');
  const doubtful = sensors.filter(({ health }) => health === 'warning');
  const named = [...bad, ...doubtful].map(({ name, value, unit }) => `${name} ${value ?? ''} ${unit}`.trim());
  return [
    {
      ...{ ...fine, name: 'Sensors' },
      result: bad.length > 0 ? 'failed' : doubtful.length > 0 ? 'warning' : 'fine',
      says:
        named.length === 0
          ? `Its ${sensors.length} sensors are as they should be.`
          : `Out of order: ${named.join(', ')}.`,
    },
  ];
}

/** What was found beside what was entered. */
export function judgeMachine({ context: { node }, hardware }: Metal, found: Inventory): InspectedPart[] {
  return [judgeFirmware(hardware.firmware, found), judgeSize(node, found)];
}

function judgeFirmware(entered: Inventory['firmware'], { firmware, biosVersion, secureBoot }: Inventory) {
  const words = { bios: 'BIOS', uefi: 'UEFI' } as const;
  const says = `It starts by ${words[firmware]}${biosVersion === '' ? '' : `, version ${biosVersion}`}.`;
  const part = { ...fine, name: 'Firmware', says };
  if (firmware !== entered)
    return {
      ...{ ...part, result: 'failed' as const },
      says: `${says} ${words[entered]} was entered: correct it with the machine.`,
    };
  if (secureBoot === true)
    return {
      ...{ ...part, result: 'failed' as const },
      says: `${says} Secure Boot is on, and nothing that is loaded here is signed: switch it off in the firmware.`,
    };
  return part;
}

type Size = Pick<Metal['context']['node'], 'cpus' | 'memoryMb' | 'diskMb'>;

function judgeSize(entered: Size, found: Inventory): InspectedPart {
  const disk = diskOf(found);
  if (disk === null)
    return {
      ...fine,
      name: 'Size',
      result: 'failed',
      says: 'It has no disk of its own that could be written.',
    };
  const diskMb = Math.floor(disk.sectors / 2048);
  const says = `${found.cpus} CPU, ${found.memoryMb} MB memory, ${diskMb} MB disk.`;
  const less =
    found.cpus < entered.cpus || diskMb < entered.diskMb || found.memoryMb < 0.85 * entered.memoryMb;
  if (!less) return { ...fine, name: 'Size', says };
  const was = `${entered.cpus} CPU, ${entered.memoryMb} MB and ${entered.diskMb} MB were entered`;
  return {
    ...fine,
    name: 'Size',
    result: 'warning',
    says: `${says} ${was}: what it lacks is not counted on any more.`,
  };
}

/** Lines of the agent, `WHAT|WORD|...`; what was to be tried and was not said is a failure. */
export function judgeMeasurements(said: readonly string[], seconds: InspectJob['seconds']): InspectedPart[] {
  const lines = said.map((line) => line.split('|'));
  const of = (what: string) => lines.filter(([first]) => first === what).map(([, ...words]) => words);
  const missing = (what: keyof InspectJob['seconds'], name: string): InspectedPart[] =>
    seconds[what] === 0 || of(what).length > 0
      ? []
      : [{ ...fine, name, result: 'failed', says: 'It was to be burnt in, and nothing was said of it.' }];
  return [
    ...of('processor').map(judgeProcessor),
    ...of('memory').map(judgeMemory),
    ...missing('memory', 'Memory'),
    ...of('disk').map(judgeDisk),
    ...missing('disk', 'Disks'),
    ...of('network').map(judgeNetwork),
    ...missing('network', 'Network'),
  ];
}

const number = (word: string | undefined) => Number(word) || 0;
const perSecond = (megabytes: number, hundredths: number) =>
  Math.round((megabytes * 1000) / Math.max(1, hundredths)) / 10;

function judgeProcessor([megabytes, took]: readonly string[]): InspectedPart {
  const value = perSecond(number(megabytes), number(took));
  return {
    ...{ ...fine, name: 'Processor', seconds: number(took) / 100 },
    says: 'One core, SHA-256.',
    measured: { what: 'SHA-256', value, unit: 'MB/s' },
  };
}

function judgeMemory([size, took, errors, code, copied, first = '']: readonly string[]): InspectedPart {
  const tried = { ...fine, name: 'Memory', seconds: number(took) / 100 };
  const measured = { what: 'copying', value: number(copied), unit: 'MB/s' };
  if (number(errors) > 0 || !['0', '124', '130', '143'].includes(code ?? ''))
    return {
      ...{ ...tried, result: 'failed', measured },
      says: `${number(errors)} errors in ${number(size)} MB${first === '' ? '' : `: ${first}`}.`,
    };
  return {
    ...tried,
    measured,
    says: `${number(size)} MB were written and read with changing patterns: no error.`,
  };
}

function judgeDisk([name = '', read, all, took, errors, first = '']: readonly string[]): InspectedPart {
  const megabytes = Math.min(number(read), number(all));
  const tried = { ...fine, name: `Disk ${name}`, seconds: number(took) / 100 };
  const measured = { what: 'reading', value: perSecond(megabytes, number(took)), unit: 'MB/s' };
  const says = `${megabytes} of ${number(all)} MB were read`;
  if (number(errors) === 0) return { ...tried, measured, says: `${says}: no error.` };
  return {
    ...{ ...tried, result: 'failed', measured },
    says: `${says}, with ${number(errors)} errors, the first ${first}.`,
  };
}

function judgeNetwork([name = '', megabytes, took, errors]: readonly string[]): InspectedPart {
  const tried = { ...fine, name: `Network card ${name}`, seconds: number(took) / 100 };
  const measured = { what: 'receiving', value: perSecond(number(megabytes), number(took)), unit: 'MB/s' };
  const says = `${number(megabytes)} MB were received`;
  if (number(megabytes) === 0)
    return { ...tried, result: 'failed', says: 'Nothing was received from the image server.', measured };
  if (number(errors) > 0)
    return {
      ...tried,
      result: 'failed',
      says: `${says}, with ${number(errors)} errors on the card.`,
      measured,
    };
  return { ...tried, says: `${says}: no error.`, measured };
}
