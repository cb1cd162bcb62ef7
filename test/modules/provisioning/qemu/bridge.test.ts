import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { os } from '../../../../modules/os/registry.ts';
import { tapName } from '../../../../modules/provisioning/qemu/bridge.ts';
import { provisioning } from '../../../../modules/provisioning/registry.ts';
import type { NodeFacts } from '../../../../src/domain/contracts/facts.ts';
import { artefactName } from '../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { exec } from '../../../../src/lib/exec.ts';
import { closeShells } from '../../../../src/lib/ssh-shell.ts';
import { tinyRevision } from '../../../helpers/tiny-image.ts';
import { Bench } from '../bench.ts';

const { qemu } = provisioning;

describe('qemu: a pool whose machines reach everything', function () {
  this.timeout(180_000);
  // A name and a network of its own: a run that was killed may have left its bridge behind.
  const bridge = `labt${process.pid % 100_000}`;
  const network = `198.18.${process.pid % 256}`;
  /** A network namespace with the bridge's DHCP server, so that nothing of this computer's own network is touched. */
  const server = `${bridge}s`;
  const there = (...command: string[]) => exec('ip', ['netns', 'exec', server, ...command]);
  const stop = new AbortController();
  let bench: Bench;
  let node: NodeFacts | undefined;

  before(async function () {
    const made = await exec('ip', ['link', 'add', bridge, 'type', 'bridge']).catch(() => null);
    if (!made) this.skip();
    await exec('ip', ['link', 'set', bridge, 'up']);
    await exec('ip', ['netns', 'add', server]);
    const far = ['peer', 'name', 'eth0', 'netns', server];
    await exec('ip', ['link', 'add', `${bridge}v`, 'master', bridge, 'type', 'veth', ...far]);
    await exec('ip', ['link', 'set', `${bridge}v`, 'up']);
    await there('ip', 'address', 'add', `${network}.1/24`, 'dev', 'eth0');
    await there('ip', 'link', 'set', 'eth0', 'up');
    const directory = await mkdtemp(join(tmpdir(), 'labrador-bridge-'));
    const leases = [`--dhcp-range=${network}.100,${network}.199`, `--dhcp-leasefile=${directory}/leases`];
    const quiet = ['--keep-in-foreground', '--port=0', '--no-ping', '--conf-file=/dev/null', '--pid-file='];
    // dnsmasq changes to another user unless told.
    const dnsmasq = [
      'netns',
      'exec',
      server,
      'dnsmasq',
      '--user=root',
      '--interface=eth0',
      ...quiet,
      ...leases,
    ];
    exec('ip', dnsmasq, { signal: stop.signal, timeoutMs: 300_000 }).catch((error: unknown) => {
      if (!stop.signal.aborted) console.error(error);
    });
    bench = new Bench({
      module: qemu,
      os: os.linux,
      directory,
      settings: {},
      revision: await tinyRevision(),
    });
  });
  after(async () => {
    if (node) await qemu.unload?.(contextOf(node, bridge));
    closeShells();
    stop.abort();
    await exec('ip', ['netns', 'delete', server]).catch(() => undefined);
    await exec('ip', ['link', 'delete', bridge]).catch(() => undefined);
    if (bench) await rm(bench.subject.directory, { recursive: true });
  });

  function contextOf(of: NodeFacts, name: string, over: object = {}) {
    const pool = { id: 1, name: 'pool', module: 'qemu', reach: 'everything' } as const;
    const settings = qemu.settings.parse({ network: 'bridge', bridge: name, ...over });
    return { ...bench.context(of, { pool }), settings };
  }

  it('says that there is no such bridge', async () => {
    await assert.rejects(
      qemu.load(contextOf(bench.newNode(), 'nobridge9')),
      (error) =>
        error instanceof ModuleError && error.kind === 'unsatisfiable' && /nobridge9/.test(error.message),
    );
  });

  it('is found to be there by Test, which puts a card into it and takes it out', async () => {
    const { settings } = contextOf(bench.newNode(), bridge);
    const { signal } = new AbortController();
    const { directory } = bench.subject;
    const of = { installation: 'test', directory, settings, signal, reach: 'everything', nodes: [] } as const;
    const found = (await qemu.check_pool(of)).find(({ name }) => name === `Bridge ${bridge}`);
    assert.equal(found?.result, 'fine', found?.says);
    assert.ok(!(await readdir('/sys/class/net')).some((name) => name.startsWith('labtest')));
  });

  it('gives each a second card in the bridge, with an address of its own that Connect shows, and takes it back', async () => {
    const fresh = bench.newNode();
    node = bench.known(fresh, await qemu.load(contextOf(fresh, bridge)));
    const endpoint = await qemu.user_endpoint?.(contextOf(node, bridge, { userAddress: 'dhcp' }));
    assert.match(endpoint?.host ?? '', new RegExp(`^${network.replaceAll('.', '[.]')}[.]\\d+$`));
    assert.equal(endpoint?.port, 22);

    // From another machine of that network: the one that answers is the one whose key Connect shows.
    const { stdout } = await there('ssh-keyscan', '-T', '20', '-t', 'ed25519', endpoint?.host ?? '');
    const [, ...key] = stdout.trim().split(' ');
    assert.deepEqual(key, node.hostKeys[0]?.split(' ').slice(0, 2));

    const tap = tapName(artefactName('conformance', node));
    assert.ok((await readdir('/sys/class/net')).includes(tap));
    await qemu.unload?.(contextOf(node, bridge));
    assert.ok(!(await readdir('/sys/class/net')).includes(tap));
  });

  it('shows the address that the settings name, and no other', async () => {
    const fresh = bench.newNode();
    const settings = { userAddress: 'static', addresses: `other=192.0.2.7 ${fresh.name}=2001:db8::7` };
    assert.deepEqual(await qemu.user_endpoint?.(contextOf(fresh, bridge, settings)), {
      host: '2001:db8::7',
      port: 22,
    });
    const forgotten = contextOf({ ...fresh, name: 'third' }, bridge, settings);
    await assert.rejects(Promise.resolve(qemu.user_endpoint?.(forgotten)), /name no address of third/);
  });

  it('has such addresses in a bridge alone', () => {
    const problems = (settings: object) =>
      qemu.settings.safeParse(settings).error?.issues.map(({ message }) => message) ?? [];
    assert.match(problems({ userAddress: 'dhcp' }).join(), /needs the network "bridge"/);
    assert.match(problems({ addresses: 'node1=nowhere' }).join(), /node1=nowhere must be/);
    assert.deepEqual(problems({ network: 'bridge', userAddress: 'dhcp' }), []);
  });
});
