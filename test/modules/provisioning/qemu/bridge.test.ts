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
import { closeShells, connectShell } from '../../../../src/lib/ssh-shell.ts';
import { tinyRevision } from '../../../helpers/tiny-image.ts';
import { Bench } from '../bench.ts';

const { qemu } = provisioning;

describe('qemu: a pool whose machines reach everything', function () {
  this.timeout(60_000);
  // A name and a network of its own: a run that was killed may have left its bridge behind.
  const bridge = `labt${process.pid % 100_000}`;
  const network = `198.18.${process.pid % 256}`;
  let bench: Bench;
  let node: NodeFacts | undefined;

  before(async function () {
    const made = await exec('ip', ['link', 'add', bridge, 'type', 'bridge']).catch(() => null);
    if (!made) this.skip();
    await exec('ip', ['address', 'add', `${network}.1/24`, 'dev', bridge]);
    await exec('ip', ['link', 'set', bridge, 'up']);
    const directory = await mkdtemp(join(tmpdir(), 'labrador-bridge-'));
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
    await exec('ip', ['link', 'delete', bridge]).catch(() => undefined);
    if (bench) await rm(bench.subject.directory, { recursive: true });
  });

  function contextOf(of: NodeFacts, name: string) {
    const pool = { id: 1, name: 'pool', module: 'qemu', reach: 'everything' } as const;
    const settings = qemu.settings.parse({ network: 'bridge', bridge: name });
    return { ...bench.context(of, { pool }), settings };
  }

  it('says that there is no such bridge', async () => {
    await assert.rejects(
      qemu.load(contextOf(bench.newNode(), 'nobridge9')),
      (error) =>
        error instanceof ModuleError && error.kind === 'unsatisfiable' && /nobridge9/.test(error.message),
    );
  });

  it('gives each a second card in the bridge, and takes it back', async () => {
    const fresh = bench.newNode();
    node = bench.known(fresh, await qemu.load(contextOf(fresh, bridge)));
    const { management, hostKeys } = node;
    assert.ok(management);
    const shell = connectShell({ ...management, privateKey: bench.secretsOf(node).managementKey, hostKeys });
    // tiny asks for an address by DHCP in the background and takes ours away when it begins.
    await shell.run(
      `until ping -c 1 -W 1 ${network}.1; do ip address add ${network}.2/24 dev eth1; ip link set eth1 up; done`,
    );
    const { stdout } = await shell.run(`cat /sys/class/net/eth1/address; ping -c 1 -W 5 ${network}.1`);
    assert.match(stdout, /^56:54:00:00:00:0\d\n/);
    assert.match(stdout, /1 packets received/);

    const tap = tapName(artefactName('conformance', node));
    assert.ok((await readdir('/sys/class/net')).includes(tap));
    await qemu.unload?.(contextOf(node, bridge));
    assert.ok(!(await readdir('/sys/class/net')).includes(tap));
  });
});
