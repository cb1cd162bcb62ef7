import { readFile } from 'node:fs/promises';
import type { PoolCheck } from '../../../src/domain/contracts/provisioning.ts';
import type { PoolCheckContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ExecError, exec } from '../../../src/lib/exec.ts';
import { fine, wrong } from '../shared/checks.ts';
import { isBridge } from './bridge.ts';
import type { QemuSettings } from './settings.ts';

type Context = PoolCheckContext<QemuSettings>;

/** The bridge, as a machine would be put into it. Whether anything in it answers DHCP only a machine can find out. */
export async function checkBridge(context: Context): Promise<PoolCheck[]> {
  const { network, bridge } = context.settings;
  const reach = checkReach(context);
  if (network !== 'bridge') return reach;
  const name = `Bridge ${bridge}`;
  if (!(await isBridge(bridge))) {
    const says = `There is no network bridge ${bridge} on this computer.`;
    return [wrong(name, says, `ip link add ${bridge} type bridge, or name one that is there.`), ...reach];
  }
  const complaint = await putIn(context);
  if (complaint !== null) {
    const says = `A machine cannot be put into ${bridge}: ${complaint}.`;
    return [
      wrong(name, says, 'Labrador must be allowed to make network devices: root, or CAP_NET_ADMIN.'),
      ...reach,
    ];
  }
  if (!(await isUp(bridge)))
    return [wrong(name, `${bridge} is switched off.`, `ip link set ${bridge} up`), ...reach];
  return [fine(name, `A network card was put into ${bridge} and taken out again.`), ...reach];
}

/** What machines may reach is kept by the network they have. */
function checkReach({ reach, settings: { network } }: Context): PoolCheck[] {
  const name = 'What machines reach';
  if (network === 'bridge' && reach !== 'everything') {
    const says = 'In a bridge machines reach whatever is in it, which this pool does not allow.';
    return [wrong(name, says, 'Let its machines reach everything, or choose the network "user".')];
  }
  if (network === 'user' && reach === 'everything') {
    const says = 'Its machines may reach everything, but their network "user" lets them reach nothing.';
    return [wrong(name, says, 'Choose the network "bridge" and name a bridge.')];
  }
  return [];
}

/** Makes a tap in the bridge and removes it; what it says when it cannot. */
async function putIn({ settings: { bridge }, signal }: Context): Promise<string | null> {
  const tap = `labtest${process.pid % 10_000_000}`;
  try {
    await exec('ip', ['tuntap', 'add', 'dev', tap, 'mode', 'tap'], { signal });
    await exec('ip', ['link', 'set', 'dev', tap, 'master', bridge], { signal });
    return null;
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    return error.stderr.trim().split('\n').at(-1) || error.message;
  } finally {
    await exec('ip', ['link', 'delete', 'dev', tap]).catch(() => undefined);
  }
}

async function isUp(bridge: string): Promise<boolean> {
  const flags = Number(await readFile(`/sys/class/net/${bridge}/flags`, 'utf8').catch(() => '0'));
  return (flags & 1) === 1;
}
