import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { os } from '../../../../../../modules/os/registry.ts';
import { provisioning } from '../../../../../../modules/provisioning/registry.ts';
import { dhcpFiles } from '../../../../../../modules/provisioning/shared/metal/imaging-network/ensure-dhcp.ts';
import { metalFiles } from '../../../../../../modules/provisioning/shared/metal/metal-files.ts';
import { pressChassis } from '../../../../../../src/cli/rack/chassis.ts';
import { rackFiles } from '../../../../../../src/cli/rack/rack-node.ts';
import { exec } from '../../../../../../src/lib/exec.ts';
import { sleep } from '../../../../../../src/lib/sleep.ts';
import { closeShells } from '../../../../../../src/lib/ssh-shell.ts';
import { imageAgent, imageAgents } from '../../../../../helpers/image-agent.ts';
import { makeTestRack, type TestRack } from '../../../../../helpers/rack.ts';
import { tinyUefiRevision } from '../../../../../helpers/tiny-image.ts';
import { Bench } from '../../../bench.ts';

/** A rack with a network of its own, in which Labrador is the DHCP server: nothing of QEMU's network or boot code is in the way. */
describe('an imaging network that Labrador serves', function () {
  this.timeout(1_500_000);
  let rack: TestRack;
  let bench: Bench;

  before(async function () {
    if (process.getuid?.() !== 0) return this.skip();
    rack = await makeTestRack('redfish', 'uefi', 'netns');
    const { directory, settings } = rack;
    await mkdir(directory);
    await imageAgent();
    await symlink(imageAgents, metalFiles(directory).agents);
    bench = new Bench({
      ...{ module: provisioning.redfish, os: os.linux, directory },
      settings: { ...settings, silentSeconds: 1200, bootSeconds: 1200 },
      ...{ revision: await tinyUefiRevision(), node: rack.node },
    });
  });
  after(async () => {
    closeShells();
    await rack?.close();
  });

  const log = () => readFile(dhcpFiles(rack.directory).log, 'utf8');

  const check = async (dhcp: 'off' | 'proxy' | 'full') => {
    const { settings, directory, signal } = bench.context(bench.newNode());
    const checks = await bench.subject.module.check_network?.({
      ...{ installation: 'test', directory, signal, reach: 'none', nodes: [bench.newNode()] },
      settings: { ...(settings as object), dhcp, dhcpRange: '' },
    });
    return (checks ?? []).map(({ part, result, by = 'nobody' }) => `${part} ${result} ${by}`);
  };
  /** A server of somebody else's in the rack's network, with an address of its own. */
  async function foreignServer(): Promise<{ address: string; stop(): Promise<void> }> {
    const { namespace = '', address: near = '' } = rack.machine.lan ?? {};
    const subnet = near.split('.').slice(0, 3).join('.');
    const address = `${subnet}.9`;
    const itsAddress = (what: string) =>
      exec('ip', ['-n', namespace, 'address', what, `${address}/24`, 'dev', 'br0']);
    await itsAddress('add');
    const words = [
      'netns',
      'exec',
      namespace,
      'dnsmasq',
      '--keep-in-foreground',
      '--port=0',
      '--conf-file=/dev/null',
    ];
    const more = ['--interface=br0', '--bind-interfaces', '--pid-file=', '--log-facility=-', '--no-ping'];
    const range = `--dhcp-range=${subnet}.60,${subnet}.69,255.255.255.0,1h`;
    const leases = `--dhcp-leasefile=${rack.directory}/foreign`;
    const server = spawn('ip', [...words, ...more, range, leases, '--user=root'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await once(server.stderr, 'data');
    return {
      address,
      async stop() {
        const gone = once(server, 'exit');
        server.kill();
        await gone;
        await itsAddress('del');
      },
    };
  }

  it('is checked part by part, and another DHCP server that answers too is named', async () => {
    const { namespace = '', address: near = '' } = rack.machine.lan ?? {};
    const own = near.replace(/\d+$/, '1');
    const card = namespace.replace('labrador', 'lab');
    const first = `machine fine ${card}, ${own}`;
    const rest = [`http fine ${own}:8070`, `images fine ${own}:8070`, `route fine ${card}`];
    const tftp = `tftp fine ${own}`;
    assert.deepEqual(await check('full'), [first, `dhcp fine ${own}`, tftp, ...rest]);
    const foreign = await foreignServer();
    const { address } = foreign;
    try {
      const both = [`dhcp fine ${own}`, `dhcp wrong ${address}`];
      assert.deepEqual(await check('full'), [first, ...both, tftp, ...rest]);
      assert.deepEqual(await check('proxy'), [first, `dhcp fine ${address}, ${own}`, tftp, ...rest]);
      const theirs = [`dhcp wrong ${address}`, 'tftp warning nobody'];
      assert.deepEqual(await check('off'), [first, ...theirs, ...rest]);
    } finally {
      await foreign.stop();
    }
    assert.deepEqual(await check('off'), [first, 'dhcp wrong nobody', ...rest]);
  });

  /** What the DHCP service said while the machine came from the network as far as the boot script. */
  async function started(dhcp: 'proxy' | 'full'): Promise<string> {
    const { settings, directory, signal } = bench.context(bench.newNode());
    const pool = { installation: 'test', directory, signal, settings: { ...(settings as object), dhcp } };
    const timesSeen = async () => {
      const seen = (await bench.subject.module.list_seen?.(pool)) ?? [];
      return seen.find(({ mac }) => mac === rack.machine.mac)?.times ?? 0;
    };
    const [before, said] = [await timesSeen(), (await log()).length];
    await pressChassis(rack.machine, 'set', 'power', '0', 'boot', 'pxe', 'power', '1');
    while ((await timesSeen()) === before) await sleep(500);
    await pressChassis(rack.machine, 'set', 'power', '0');
    return (await log()).slice(said);
  }

  it('starts a UEFI machine beside a DHCP server that only gives addresses (ProxyDHCP)', async () => {
    const foreign = await foreignServer();
    try {
      const said = await started('proxy');
      assert.match(said, /PXE\([^)]*\) \S* ?52:54:00:5a:00:01 proxy/);
      assert.match(said, /sent \S+\/snponly\.efi to /);
      assert.doesNotMatch(said, /DHCPACK/, 'addresses are the other one’s');
    } finally {
      await foreign.stop();
    }
  });

  it('loads a UEFI machine from its firmware on: DHCP, TFTP, iPXE, HTTP, and its own address (req. 16)', async () => {
    const { module } = bench.subject;
    const node = bench.newNode();
    const known = bench.known(node, await module.load(bench.context(node)));
    const address = rack.machine.lan?.address ?? '';
    assert.equal(known.management?.host, address);
    const said = await log();
    assert.match(said, new RegExp(`DHCPACK\\([^)]*\\) ${address} ${rack.machine.mac} rack1`));
    assert.match(said, new RegExp(`sent \\S+/snponly\\.efi to ${address}`));
    assert.equal((await module.node_status(bench.context(known))).reachable, true);
  });

  // The last: its firmware remembers that it started that way.
  it('starts a UEFI machine that boots by HTTP', async () => {
    const command = join(rack.machine.folder, rackFiles.machine);
    const before = await readFile(command, 'utf8');
    const without = (way: string) => `-fw_cfg\nname=opt/org.tianocore/${way}PXESupport,string=n\n`;
    await writeFile(command, `${before.trimEnd()}\n${without('IPv4')}${without('IPv6')}`);
    try {
      const said = await started('full');
      assert.match(said, /vendor class: HTTPClient:Arch:00016/);
      assert.doesNotMatch(said, /sent \S+\/snponly\.efi/, 'nothing came by TFTP');
    } finally {
      await writeFile(command, before);
    }
  });
});
