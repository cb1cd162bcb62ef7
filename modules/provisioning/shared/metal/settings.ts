import { z } from 'zod';
import { cleanings } from './jobs/job-base.ts';

const seconds = (least: number, most: number) => z.number().min(least).max(most);

/** What every pool of bare metal is set to, whichever protocol its BMCs speak. */
export const metalSettings = {
  intervalSeconds: seconds(0, 60)
    .default(5)
    .describe('The least time between two commands to a BMC, in seconds: many hang when they are hurried.'),
  loadsAtOnce: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(10)
    .describe(
      'So many machines are loaded at the same time, which share the image server and its network; others wait for their turn. 0: as many as this computer has cores, since they are software on it.',
    ),
  powerOnSeconds: seconds(0, 60)
    .default(0.5)
    .describe(
      'The least time between two machines being switched on, in seconds: a rack that starts all at once may be too much for its supply.',
    ),
  lookSeconds: seconds(5, 3600)
    .default(120)
    .describe(
      'How often each BMC is asked how it and its machine are, in seconds; never while the machine is worked on.',
    ),
  power: z
    .enum(['observe', 'enforce'])
    .default('enforce')
    .describe(
      'What becomes of an idle machine that somebody else has switched. "enforce": it is switched back, three times in a row at most. "observe": that it was is noted, and it is left as it is. A machine that somebody has, or that is in maintenance, is always left.',
    ),
  imageServer: z
    .string()
    .regex(/^([\w.:[\]-]+:\d{1,5})?$/, 'must be an address and a port, as 10.0.0.1:8070')
    .default('')
    .describe(
      'The address and port of this computer on the imaging network, where machines fetch their images: http://ADDRESS:PORT/boot.ipxe is what DHCP must name. Empty: none.',
    ),
  dhcp: z
    .enum(['off', 'proxy', 'full'])
    .default('off')
    .describe(
      'What this computer answers on the imaging network, at the card that has the image server\'s address. "off": nothing, your DHCP server names the boot script. "proxy": beside your DHCP server, what machines are to start. "full": addresses too, as the only DHCP server there.',
    ),
  dhcpRange: z
    .string()
    .regex(
      /^((\d{1,3}\.){3}\d{1,3}-(\d{1,3}\.){3}\d{1,3})?$/,
      'must be two addresses, as 10.0.0.200-10.0.0.249',
    )
    .default('')
    .describe(
      'With DHCP "full": the addresses for machines that are not entered yet. Empty: only machines that were loaded here get one, theirs.',
    ),
  networkSeconds: seconds(5, 86_400)
    .default(300)
    .describe(
      'How often the imaging network is checked, in seconds: who answers DHCP there, and whether everything that a machine starts from is served.',
    ),
  imageSockets: z
    .string()
    .default('')
    .describe(
      'A folder with a folder for each machine, named by its MAC address with hyphens, in which it reaches the image server by a socket: a rack in software. Empty: none.',
    ),
  loading: z
    .enum(['disk', 'netroot'])
    .default('disk')
    .describe(
      '"disk": an image is written to the machine\'s own disk. "netroot": the machine starts sooner, from a disk that lies on this computer and goes with the reservation; nothing is written to its own.',
    ),
  agentKernel: z
    .enum(['generic', 'cloud'])
    .default('generic')
    .describe(
      'The kernel that machines are imaged with. "generic": with the drivers of real servers. "cloud": smaller, for virtual machines.',
    ),
  consoleLog: z
    .string()
    .default('')
    .describe(
      "The file that keeps a machine's serial console, as conserver or a rack in software writes it; {name} stands for the machine's name, {mac} for its MAC address with hyphens. Empty: none is kept.",
    ),
  cleaning: z
    .enum(cleanings)
    .default('metadata')
    .describe(
      'What becomes of all disks of a machine before somebody else is given it. "metadata": every block reads as zeros, in seconds where a disk can promise that, else in the hours that writing all of it takes. "secure": by the disk\'s own erasure (NVMe sanitize or format, ATA secure erase), else overwritten.',
    ),
  cleanSeconds: seconds(60, 604_800)
    .default(43_200)
    .describe('The most that cleaning all disks of a machine may take, in seconds.'),
  burnInMemorySeconds: seconds(0, 86_400)
    .default(600)
    .describe(
      'For how long the memory of a machine that is commissioned is tried, in seconds; 0: not at all.',
    ),
  burnInDiskSeconds: seconds(0, 86_400)
    .default(300)
    .describe(
      'For how long each of its disks is read, in seconds; 0: not at all. Nothing is written to them.',
    ),
  burnInNetworkSeconds: seconds(0, 3600)
    .default(30)
    .describe('For how long it receives from the image server as fast as it can, in seconds; 0: not at all.'),
  silentSeconds: seconds(10, 3600)
    .default(600)
    .describe(
      'A machine that is being loaded and of which nothing new is heard for so many seconds is broken: its firmware may take minutes.',
    ),
  writeSeconds: seconds(60, 86_400)
    .default(3600)
    .describe('The most that writing a disk may take altogether, in seconds.'),
  bootSeconds: seconds(10, 3600)
    .default(600)
    .describe('A system that does not answer over SSH so many seconds after it was started has failed.'),
};
export type MetalSettings = z.output<z.ZodObject<typeof metalSettings>>;
