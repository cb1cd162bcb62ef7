import type { NewHardware } from '../../../db/repositories/node-hardware.ts';
import { type Firmware, firmwares } from '../../domain/contracts/facts.ts';
import { isIP } from '../../lib/is-ip.ts';
import type { HardwareText } from '../services.ts';

export const hardwareColumns = [
  'bmcHost',
  'bmcPort',
  'bmcUsername',
  'bmcPassword',
  'firmware',
  'address',
  'sshPort',
] as const satisfies readonly (keyof HardwareText)[]; // prettier-ignore

const usualSshPort = 22;
const longest = { bmcUsername: 64, bmcPassword: 200 } as const;
/** RFC 1123; also what is no address though it is made of digits and dots is none. */
const name = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

function isHost(text: string): boolean {
  return isIP(text) !== 0 || (name.test(text) && !/^[\d.]+$/.test(text));
}

/** What was typed of a bare-metal machine, with the password as it was typed; what is wrong is told to `complain`, by field. */
export function readHardware(
  typed: HardwareText,
  complain: (field: keyof HardwareText, sentence: string) => void,
): NewHardware {
  const text = (field: keyof HardwareText) => (typed[field] ?? '').trim();
  const host = (field: 'bmcHost' | 'address', what: string) => {
    if (text(field) !== '' && !isHost(text(field)))
      complain(field, `${what} is no address and no name of a computer.`);
    return text(field);
  };
  const port = (field: 'bmcPort' | 'sshPort', otherwise: number | null) => {
    const value = text(field) === '' ? otherwise : Number(text(field));
    if (value !== null && !(Number.isInteger(value) && value >= 1 && value <= 65_535))
      complain(field, `${field} must be a whole number from 1 to 65535.`);
    return value;
  };
  const word = (field: 'bmcUsername' | 'bmcPassword', what: string) => {
    const value = field === 'bmcPassword' ? (typed[field] ?? '') : text(field);
    if (value.length > longest[field]) complain(field, `${what} has at most ${longest[field]} characters.`);
    if (/\p{Cc}/u.test(value)) complain(field, `${what} must be one line.`);
    return value;
  };
  const firmware = text('firmware') || 'bios';
  if (!firmwares.includes(firmware as Firmware)) complain('firmware', 'The firmware is bios or uefi.');
  const bmcHost = host('bmcHost', 'The BMC');
  if (bmcHost === '') complain('bmcHost', 'The address of its BMC is missing.');
  const bmcUsername = word('bmcUsername', 'The name for the BMC');
  if (bmcUsername === '') complain('bmcUsername', 'The name for its BMC is missing.');
  return {
    ...{ bmcHost, bmcUsername, firmware: firmware as Firmware },
    bmcPassword: word('bmcPassword', 'The password for the BMC'),
    bmcPort: port('bmcPort', null),
    address: host('address', 'Its own address') || null,
    sshPort: port('sshPort', usualSshPort) ?? usualSshPort,
  };
}

/** How a BMC is told from others: two nodes never share one. */
export function bmcKey({ bmcHost, bmcPort }: Pick<NewHardware, 'bmcHost' | 'bmcPort'>): string {
  return bmcPort === null ? bmcHost.toLowerCase() : `${bmcHost.toLowerCase()} port ${bmcPort}`;
}
