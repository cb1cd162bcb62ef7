import { type Command, InvalidArgumentError, Option } from 'commander';
import { bmcProtocols, rackFirmwares, rackNetworks } from '../rack/rack-node.ts';
import type { StartOptions } from '../start.ts';

const work = () => import('../start.ts');
const mostSimulated = 10_000;
/** Each is an emulated computer with half a gigabyte. */
const mostInRack = 32;

/** `labrador start`, its two halves, and `stop`. */
export function addRunCommands(program: Command): void {
  program
    .command('start')
    .description('run everything in one process, until Ctrl-C')
    .option('--simulator <n>', 'have so many simulated machines', machines)
    .option('--rack <n>', 'have a rack of so many bare machines, made of software', rackMachines)
    .addOption(new Option('--rack-bmc <protocol>', 'what the BMCs of the rack speak').choices(bmcProtocols))
    .addOption(
      new Option('--rack-firmware <firmware>', 'how the machines that are added to the rack start').choices(
        rackFirmwares,
      ),
    )
    .addOption(
      new Option(
        '--rack-network <network>',
        'the network of the rack: netns has real DHCP and TFTP (root)',
      ).choices(rackNetworks),
    )
    .addOption(
      new Option(
        '--semester',
        'play a simulated semester, 60 times as fast, in a data directory of its own',
      ).conflicts(['simulator', 'rack']),
    )
    .option('--name <name>', 'the name of this daemon on its data directory', daemonName, 'main')
    .option('--yes', 'ask nothing')
    .action(async (options: StartOptions) => (await work()).start(options));
  program
    .command('daemon')
    .description('run a daemon and its gateway alone')
    .option('--name <name>', 'its name on its data directory', daemonName, 'main')
    .action(async (options: { name: string }) => (await work()).runDaemon(options));
  program
    .command('web')
    .description('run the site alone, beside a daemon on the same data directory')
    .action(async () => (await work()).runWeb());
  program
    .command('stop')
    .description('stop what runs on the data directory')
    .option('--guests', 'also the machines that somebody has reserved; their disks are kept', false)
    .action(async (options: { guests: boolean }) => (await import('../stop.ts')).stop(options));
  program
    .command('drain')
    .description('begin no more loads on the data directory, and wait until those that run have ended')
    .option('--off', 'take it back', false)
    .action(async (options: { off: boolean }) => (await import('../drain.ts')).drainHere(options));
}

const machines = (text: string) => wholeNumber(text, mostSimulated);
const rackMachines = (text: string) => wholeNumber(text, mostInRack);

function wholeNumber(text: string, most: number): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > most) {
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${most}.`);
  }
  return Number(text);
}

function daemonName(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(text)) {
    throw new InvalidArgumentError('Expected letters, digits and hyphens, lower case, at most 31.');
  }
  return text;
}
