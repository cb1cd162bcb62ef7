import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDebian } from '../../../src/lib/images/build-debian.ts';
import { makeSeed } from '../../../src/lib/images/make-seed.ts';
import { probeImage } from '../../../src/lib/images/probe-image.ts';
import { machineId, seedFiles } from '../../../src/lib/images/seed.ts';
import { bootPlain, type PlainGuest } from '../../helpers/boot-plain.ts';
import { debianImage } from '../../helpers/debian-image.ts';
import { type GuestShell, logIn } from '../../helpers/guest-ssh.ts';
import { testIdentity } from '../../helpers/test-identity.ts';
import { tinyImage } from '../../helpers/tiny-image.ts';

describe('lib/images/build-debian', function () {
  this.timeout(15 * 60_000);
  const identity = testIdentity({ hostname: 'node9', proxy: 'http://10.0.2.100:3128' });
  let folder: string;
  let image: string;
  let guest: PlainGuest;
  let root: GuestShell;
  const said = async (command: string) => (await root.run(command)).output.trim();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-debian-test-'));
    image = await debianImage();
    const seed = join(folder, 'seed');
    await makeSeed(seed, seedFiles(identity));
    guest = await bootPlain({ image, seed, memory: 768, timeoutMs: 300_000 });
    root = await logIn({ port: guest.port, username: 'root', privateKey: identity.managementPrivateKey });
  });
  after(async () => {
    root?.close();
    await guest?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes its identity from the seed', async () => {
    assert.equal(root.hostKey, identity.hostKeys[0]?.public.split(' ')[1]);
    assert.equal(await said('hostname'), 'node9');
    assert.equal(await said('cat /etc/machine-id'), machineId(identity.instanceId));
    assert.equal(await said("grep -cF 'root:$6$labrador$' /etc/shadow"), '1');
  });

  it('starts whole', async () => {
    assert.match(await said('systemctl is-system-running --wait'), /^running$/);
  });

  it('tells apt, pip, git and commands over SSH of the proxy', async () => {
    assert.equal(await said('echo $https_proxy'), 'http://10.0.2.100:3128');
    assert.match(await said('apt-config dump Acquire::http::Proxy'), /10\.0\.2\.100:3128/);
    assert.equal(await said('git config --system http.proxy'), 'http://10.0.2.100:3128');
    assert.match(await said('pip config list'), /10\.0\.2\.100:3128/);
  });

  it('leaves nothing mounted, and no part of it, when it is killed in the middle', async () => {
    const stopped = new AbortController();
    const progress = (step: string) => {
      if (step.startsWith('installing')) stopped.abort(new Error('killed'));
    };
    await assert.rejects(buildDebian({ outDir: folder, signal: stopped.signal, progress }), /killed/);
    assert.doesNotMatch(await readFile('/proc/self/mounts', 'utf8'), /mmdebstrap/);
    assert.deepEqual(await readdir(folder), ['seed']);
  });

  it('shows a probe that nothing is missing', async () => {
    const { facts, limits } = await probeImage(image, 'qcow2', { helper: await tinyImage() });
    assert.deepEqual(limits, []);
    assert.deepEqual([facts?.id, facts?.init, facts?.packageManager], ['debian', 'systemd', 'apt-get']);
  });
});
