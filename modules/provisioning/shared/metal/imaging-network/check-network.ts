/** What is tried of an imaging network: every part that a machine needs to start from it, as a machine would use it. */
import type { NetworkPart, PoolCheck } from '../../../../../src/domain/contracts/provisioning.ts';
import type { PoolCheckContext } from '../../../../../src/domain/contracts/provisioning-context.ts';
import { counted } from '../../../../../src/domain/counted.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { abortable } from '../../../../../src/lib/abortable.ts';
import { exec } from '../../../../../src/lib/exec.ts';
import { cardWith, type ImagingCard } from '../../../../../src/lib/netboot/imaging-card.ts';
import { fine, wrong } from '../../checks.ts';
import { addressOf } from '../address-of.ts';
import { serveImages } from '../serve-images.ts';
import type { MetalSettings } from '../settings.ts';
import { checkDhcp } from './check-dhcp.ts';

type Context = PoolCheckContext<MetalSettings>;
type Address = NonNullable<ReturnType<typeof addressOf>>;

const answerMs = 10_000;

/** In the order in which a machine meets them. Nothing where the pool has no imaging network: its machines reach the image server otherwise. */
export async function checkNetwork(context: Context): Promise<PoolCheck[]> {
  const { imageServer, imageSockets } = context.settings;
  const at = addressOf(imageServer);
  if (at === null) return imageSockets === '' ? [notSet()] : [];
  const card = cardWith(at.host);
  if (card === null) return [noCard(at.host)];
  const failed = await serve(context);
  const served = failed === null || failed.part === 'dhcp';
  return [
    itsCard(context, card),
    ...(failed === null ? await checkDhcp(context, at, card) : [failed]),
    ...(served ? [await checkHttp(context, at), await checkAgent(context, at)] : []),
    ...(await checkRoutes(context)),
  ];
}

function notSet(): PoolCheck {
  const says =
    'It is not said which address this computer has on the imaging network: no machine can start from it.';
  const mend = 'Enter it in the settings of the pool (imageServer), as 10.0.0.1:8070.';
  return { ...wrong('Imaging network', says, mend), part: 'machine' };
}

function noCard(host: string): PoolCheck {
  const says = `This computer has no address ${host}, or no link at the card that has it.`;
  const mend =
    'Look at the cable and the card on the imaging network, or correct the address of the image server (imageServer).';
  return { ...wrong('Imaging network', says, mend), part: 'machine' };
}

function itsCard({ nodes: [node, ...others] }: Context, { name, address }: ImagingCard): PoolCheck {
  const as = node ? `is asked as ${node.name} would ask` : 'is asked as a BIOS would ask';
  const says = `The network of this computer’s card ${name} ${as}${others.length > 0 ? `, for ${counted(others.length + 1, 'machine')}` : ''}.`;
  return { ...fine('Imaging network', says), part: 'machine', by: `${name}, ${address}` };
}

type Served = Exclude<NetworkPart, 'machine' | 'route'>;

const mends: Readonly<Record<Served, string>> = {
  tftp: 'The first boot loaders come from the Debian package ipxe: see that this computer reaches its Debian mirror.',
  images:
    'The imaging agent is made of Debian packages: see that this computer reaches its Debian mirror, and has room.',
  http: 'Mend that, or choose another address or port of the image server (imageServer).',
  dhcp: 'Mend that, or let another server answer DHCP (dhcp "proxy" or "off").',
};

const partNames = { tftp: 'TFTP', images: 'Image server', http: 'HTTP', dhcp: 'DHCP' } as const;

/** Everything that this computer is to serve runs; else which part does not, and why. */
async function serve(context: Context): Promise<PoolCheck | null> {
  let part: Served = 'tftp';
  try {
    await serveImages(context, (next) => {
      part = next;
    });
    return null;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof ModuleError)) throw error;
    return { ...wrong(partNames[part], `${error.message.replace(/[.]$/, '')}.`, mends[part]), part };
  }
}

async function checkHttp(context: Context, at: Address): Promise<PoolCheck> {
  const by = `${at.host}:${at.port}`;
  const of = { part: 'http', by } as const;
  const status = await statusOf(context, at, '/boot.ipxe');
  // Without a card's address it is nobody's question, and noted as nobody's.
  if (status === 400) return { ...fine('HTTP', `The boot script is at http://${by}/boot.ipxe.`), ...of };
  const says =
    status === null ? `Nothing answers at http://${by}.` : `Something else answers at http://${by}.`;
  return { ...wrong('HTTP', says, mends.http), ...of };
}

/** As a machine would fetch it that is no node. */
async function checkAgent(context: Context, at: Address): Promise<PoolCheck> {
  const of = { part: 'images', by: `${at.host}:${at.port}` } as const;
  const name = 'Image server';
  const status = await statusOf(context, at, '/agent/kernel?mac=02:00:00:00:00:01');
  if (status === 200)
    return {
      ...fine(name, `It hands out the imaging agent (kernel "${context.settings.agentKernel}").`),
      ...of,
    };
  const mend =
    'Look at image-server.log in the folder of the pool. "labrador stop" and "labrador start" begin it anew.';
  return { ...wrong(name, 'It does not hand out the imaging agent.', mend), ...of };
}

/** Null: it does not answer. */
async function statusOf({ signal }: Context, { host, port }: Address, path: string): Promise<number | null> {
  try {
    const asked = fetch(`http://${host}:${port}${path}`, { signal });
    const { status, body } = await abortable(asked, AbortSignal.timeout(answerMs));
    await body?.cancel();
    return status;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

const mostAsked = 64;

async function checkRoutes({ nodes, signal }: Context): Promise<PoolCheck[]> {
  const name = 'Route';
  const lost: string[] = [];
  const cards = new Set<string>();
  const asked = nodes.filter(({ hardware }) => hardware?.endpoint).slice(0, mostAsked);
  for (const { name: node, hardware } of asked) {
    const host = hardware?.endpoint?.host ?? '';
    const found = await exec('ip', ['-o', 'route', 'get', host], { signal }).catch(() => null);
    const card = found === null ? undefined : / dev (\S+)/.exec(found.stdout)?.[1];
    if (card === undefined) lost.push(`${node} (${host})`);
    else cards.add(card);
  }
  signal.throwIfAborted();
  if (asked.length === 0) return [];
  const of = { part: 'route', ...(cards.size > 0 ? { by: [...cards].join(', ') } : {}) } as const;
  if (lost.length === 0) {
    const says = `There is a way from this computer to the address of ${asked.length === 1 ? asked[0]?.name : `each of ${asked.length} machines`}.`;
    return [{ ...fine(name, says), ...of }];
  }
  const says = `There is no way from this computer to ${lost.slice(0, 5).join(', ')}.`;
  return [{ ...wrong(name, says, 'Add a route, or correct the address of the machine.'), ...of }];
}
