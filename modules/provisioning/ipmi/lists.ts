/** The lists that ipmitool prints, line by line. */
import type { BmcInfo } from '../../../src/domain/contracts/facts.ts';
import type { BmcSensor, BmcUser } from '../shared/bmc/bmc.ts';

/** `mc info`: "Name   : value" each. What it has no name for is "Unknown (0x...)". */
export function readInfo(lines: readonly string[]): Pick<BmcInfo, 'manufacturer' | 'product' | 'version'> & {
  readonly ipmi: string | null;
  readonly updating: boolean;
} {
  const values = new Map(lines.map((line) => [before(line, ':'), line.slice(line.indexOf(':') + 1).trim()]));
  const value = (name: string) => {
    const text = values.get(name) ?? '';
    return text === '' || text.startsWith('Unknown') ? null : text.slice(0, 100);
  };
  return {
    manufacturer: value('Manufacturer Name'),
    product: value('Product Name')?.replace(/ \(0x[0-9a-f]+\)$/i, '') ?? null,
    version: value('Firmware Revision'),
    ipmi: value('IPMI Version'),
    updating: values.get('Device Available') === 'no',
  };
}

function before(line: string, sign: string): string {
  return line.slice(0, Math.max(line.indexOf(sign), 0)).trim();
}

/** `-c user list`: id, name, callin, link, messages, privilege. A name may hold commas; an account without one is unused. */
export function readUsers(lines: readonly string[]): BmcUser[] {
  return lines.flatMap((line) => {
    const [, id = '', name = '', messages, role = ''] =
      /^(\d+),(.*),(?:true|false),(?:true|false),(true|false),(.*)$/.exec(line) ?? [];
    return id === '' || name === '' ? [] : [{ id, name, enabled: messages === 'true', role }];
  });
}

const healths: Readonly<Record<string, BmcSensor['health']>> = {
  ...{ ok: 'fine', ns: 'unknown', nc: 'warning', cr: 'critical', nr: 'critical' },
  ...{ lnc: 'warning', unc: 'warning', lcr: 'critical', ucr: 'critical', lnr: 'critical', unr: 'critical' },
};

/** `-c sdr list`: name, value, unit, state. One that is no number ("0x01", "Presence detected") has no value. */
export function readSensors(lines: readonly string[]): BmcSensor[] {
  return lines.flatMap((line) => {
    const [name = '', value = '', unit = '', state = ''] = line.split(',');
    if (name === '' || state === '') return [];
    const number = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null;
    return [
      { name, value: number, unit: number === null ? '' : unit, health: healths[state.trim()] ?? 'unknown' },
    ];
  });
}
