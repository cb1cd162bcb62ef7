/** What *Test* tries of an imaging network: every part that a machine needs to start from it, as a machine would use it. */
import type { PoolCheck } from '../../../../../src/domain/contracts/provisioning.ts';
import type { PoolCheckContext } from '../../../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { exec } from '../../../../../src/lib/exec.ts';
import { bootLoaders } from '../../../../../src/lib/images/boot-loaders.ts';
import { askDhcp } from '../../../../../src/lib/netboot/ask-dhcp.ts';
import { askTftp } from '../../../../../src/lib/netboot/ask-tftp.ts';
import type { DhcpOffer } from '../../../../../src/lib/netboot/dhcp-message.ts';
import { cardWith, type ImagingCard } from '../../../../../src/lib/netboot/imaging-card.ts';
import { fine, warning, wrong } from '../../checks.ts';
import { addressOf } from '../address-of.ts';
import { serveImages } from '../serve-images.ts';
import type { MetalSettings } from '../settings.ts';
import { admitMachine } from './admit-machine.ts';
import { judgeOffers } from './judge-offers.ts';

type Context = PoolCheckContext<MetalSettings>;
type Address = NonNullable<ReturnType<typeof addressOf>>;

/** Nothing where the pool has no imaging network: its machines reach the image server otherwise. */
export async function checkNetwork(context: Context): Promise<PoolCheck[]> {
  const at = addressOf(context.settings.imageServer);
  if (at === null) return [];
  const card = cardWith(at.host);
  if (card === null) {
    const mend =
      'Look at the cable and the card on the imaging network, or correct the address of the image server.';
    return [
      wrong(
        'Imaging network',
        `This computer has no address ${at.host}, or no link at the card that has it.`,
        mend,
      ),
    ];
  }
  const http = await checkHttp(context, at);
  if (http.result !== 'fine') return [http];
  return [http, ...(await checkDhcp(context, at, card)), ...(await checkRoutes(context))];
}

async function checkHttp(context: Context, { host, port }: Address): Promise<PoolCheck> {
  const name = 'Image server';
  const address = `http://${host}:${port}`;
  try {
    await serveImages(context);
    // Without a card's address it is nobody's question, and noted as nobody's.
    const { status } = await fetch(`${address}/boot.ipxe`, { signal: context.signal });
    if (status === 400) return fine(name, `It answers at ${address}.`);
    return wrong(name, `Something else answers at ${address}.`, 'Choose another port.');
  } catch (error) {
    context.signal.throwIfAborted();
    const why = error instanceof ModuleError ? error.message : `It does not answer at ${address}`;
    return wrong(name, `${why.replace(/[.]$/, '')}.`, 'Mend that, or choose another address or port.');
  }
}

async function checkDhcp(context: Context, at: Address, card: ImagingCard): Promise<PoolCheck[]> {
  const { settings, nodes, directory, signal } = context;
  const { dhcp } = settings;
  if (dhcp === 'full') for (const node of nodes) await admitMachine(directory, node);
  const [node] = nodes;
  const mac = node?.mac ?? '02:00:00:00:00:01';
  const as = node?.hardware?.firmware ?? 'bios';
  try {
    const firmware = await askDhcp(card, mac, as, signal);
    const ipxe = dhcp === 'off' ? await askDhcp(card, mac, 'ipxe', signal) : [];
    const script = `http://${at.host}:${at.port}/boot.ipxe`;
    const judged = judgeOffers({ dhcp, own: at.host, script, firmware, ipxe });
    return [...judged, ...(await checkTftp(context, at, firmware))];
  } catch (error) {
    signal.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const says = `It could not be asked who answers DHCP: ${code}.`;
    return [warning('DHCP', says, 'Labrador must be root, or may use ports below 1024.')];
  }
}

/** By what a firmware was told where this computer is not the one that tells it. */
async function checkTftp(
  { settings: { dhcp }, nodes, signal }: Context,
  { host }: Address,
  offers: readonly DhcpOffer[],
): Promise<PoolCheck[]> {
  const named = offers.find(({ file }) => file !== null);
  const loader = bootLoaders[nodes[0]?.hardware?.firmware ?? 'bios'];
  const [server, file] = dhcp === 'off' ? [named?.next ?? named?.server, named?.file] : [host, loader];
  if (!server || !file || file.startsWith('http')) return [];
  const complaint = await askTftp(server, file, signal);
  if (complaint === null) return [fine('TFTP', `${server} hands out ${file}.`)];
  const mend = 'Look at the TFTP server, and whether a firewall lets UDP port 69 through.';
  return [wrong('TFTP', `${server} does not hand out ${file}: ${complaint}.`, mend)];
}

const mostAsked = 64;

async function checkRoutes({ nodes, signal }: Context): Promise<PoolCheck[]> {
  const name = 'Route';
  const lost: string[] = [];
  const asked = nodes.filter(({ hardware }) => hardware?.endpoint).slice(0, mostAsked);
  for (const { name: node, hardware } of asked) {
    const host = hardware?.endpoint?.host ?? '';
    const found = await exec('ip', ['route', 'get', host], { signal }).catch(() => null);
    if (found === null) lost.push(`${node} (${host})`);
  }
  signal.throwIfAborted();
  if (asked.length === 0) return [];
  if (lost.length === 0) return [fine(name, 'There is a way from this computer to every machine.')];
  return [
    wrong(
      name,
      `There is no way from this computer to ${lost.slice(0, 5).join(', ')}.`,
      'Add a route, or correct the address.',
    ),
  ];
}
