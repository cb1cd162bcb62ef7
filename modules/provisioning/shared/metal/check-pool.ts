/** What *Test* tries of a pool of bare metal: no machine is switched, every BMC is asked who it is. */
import type { BmcAccess, NodeFacts } from '../../../../src/domain/contracts/facts.ts';
import type { PoolCheck } from '../../../../src/domain/contracts/provisioning.ts';
import type { PoolCheckContext } from '../../../../src/domain/contracts/provisioning-context.ts';
import type { Bmc } from '../bmc/bmc.ts';
import { BmcError } from '../bmc/bmc-error.ts';
import { fine, warning, wrong } from '../checks.ts';
import { versionOf } from '../version-of.ts';
import { checkNetwork } from './imaging-network/check-network.ts';
import type { MetalSettings } from './settings.ts';

type Context = PoolCheckContext<MetalSettings>;

/** Debian packages, and what each says its version with. */
export type Programs = Readonly<Record<string, readonly [program: string, option: string]>>;

const programsOfAll: Programs = { 'qemu-utils': ['qemu-img', '--version'], zstd: ['zstd', '--version'] };
const programsOf: Readonly<Record<MetalSettings['loading'], Programs>> = {
  disk: {},
  netroot: { 'qemu-system-common': ['qemu-storage-daemon', '--version'] },
};

const programsOfDhcp: Programs = { 'dnsmasq-base': ['dnsmasq', '--version'] };

export async function check_pool(
  context: Context,
  programs: Programs,
  bmcOf: (access: BmcAccess) => Bmc,
): Promise<readonly PoolCheck[]> {
  context.signal.throwIfAborted();
  const { loading, dhcp } = context.settings;
  const checks = [
    await checkPrograms(context, {
      ...programsOfAll,
      ...programsOf[loading],
      ...(dhcp === 'off' ? {} : programsOfDhcp),
      ...programs,
    }),
    ...checkNetroot(context),
    checkEntered(context),
    ...(await checkBmcs(context, bmcOf)),
    ...(await checkNetwork(context)),
  ];
  context.signal.throwIfAborted();
  return checks;
}

async function checkPrograms({ signal }: Context, programs: Programs): Promise<PoolCheck> {
  const name = 'Programs';
  const found = await Promise.all(
    Object.entries(programs).map(async ([debian, [program, option]]) => ({
      debian,
      program,
      there: (await versionOf(program, option, signal)) !== null,
    })),
  );
  const missing = found.filter(({ there }) => !there).map(({ debian }) => debian);
  if (missing.length === 0)
    return fine(name, `Installed on this computer: ${found.map(({ program }) => program).join(', ')}.`);
  const says = `Not installed on this computer: ${missing.join(', ')}.`;
  return wrong(name, says, `apt-get install ${missing.join(' ')}`);
}

/** Disks that lie here are for machines that have a way of their own to them. */
function checkNetroot({ settings }: Context): PoolCheck[] {
  if (settings.loading !== 'netroot') return [];
  if (settings.imageSockets !== '')
    return [fine('Netroot', 'Each machine reaches its disk by its own socket.')];
  const says =
    'Disks go over the imaging network as they are, each to the card and the address of its machine alone.';
  return [
    warning('Netroot', says, 'See that no machine there can take the address of another: a switch can.'),
  ];
}

/** What must be known of a machine before it can be loaded. */
function checkEntered({ nodes }: Context): PoolCheck {
  const name = 'What is known';
  const lacking = nodes.filter(({ hardware }) => !hardware?.endpoint).map((node) => node.name);
  if (lacking.length === 0)
    return fine(
      name,
      `Of each of its ${nodes.length} machines the BMC and the address of its SSH are known.`,
    );
  const says = `No BMC, or no address of its SSH, is known of ${listed(lacking)}.`;
  return wrong(name, says, 'Enter both with the machine.');
}

async function checkBmcs(
  { nodes, signal }: Context,
  bmcOf: (access: BmcAccess) => Bmc,
): Promise<PoolCheck[]> {
  const name = 'BMCs';
  const asked = await Promise.all(
    nodes.flatMap((node) => (node.hardware ? [askBmc(node, bmcOf(node.hardware.bmc), signal)] : [])),
  );
  if (asked.length === 0) return [];
  const silent = asked.filter(({ error }) => error !== null);
  const amiss = asked.filter(({ warnings }) => warnings.length > 0);
  return [
    ...silent.map((each) =>
      wrong(`BMC of ${each.name}`, sentence(each.error ?? ''), 'Look at its address, name and password.'),
    ),
    ...amiss.map((each) =>
      warning(
        `BMC of ${each.name}`,
        each.warnings.map(sentence).join(' '),
        'Change it in the settings of the BMC itself.',
      ),
    ),
    ...(silent.length === 0
      ? [
          fine(
            name,
            `Each of its ${asked.length} BMCs answers: ${[...new Set(asked.map(({ protocol }) => protocol))].join(', ')}.`,
          ),
        ]
      : []),
  ];
}

interface Asked {
  readonly name: string;
  readonly protocol: string;
  readonly warnings: readonly string[];
  readonly error: string | null;
}

async function askBmc({ name }: NodeFacts, bmc: Bmc, signal: AbortSignal): Promise<Asked> {
  try {
    const { protocol, warnings } = await bmc.info(signal);
    return { name, protocol, warnings, error: null };
  } catch (error) {
    if (!(error instanceof BmcError)) throw error;
    return { name, protocol: '', warnings: [], error: error.message };
  }
}

function sentence(text: string): string {
  return /[.]$/.test(text) ? text : `${text}.`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
