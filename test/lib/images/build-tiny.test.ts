import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSeed } from '../../../src/lib/images/make-seed.ts';
import { machineId, seedFiles } from '../../../src/lib/images/seed.ts';
import { bootPlain, type PlainGuest } from '../../helpers/boot-plain.ts';
import { type GuestShell, logIn } from '../../helpers/guest-ssh.ts';
import { rootPassword, testIdentity } from '../../helpers/test-identity.ts';
import { tinyImage } from '../../helpers/tiny-image.ts';

describe('lib/images/build-tiny', function () {
  this.timeout(120_000);
  const identity = testIdentity({ hostname: 'node7', proxy: 'http://10.0.2.100:3128' });
  let folder: string;
  let disk: string;
  let seed: string;
  let guest: PlainGuest;
  let root: GuestShell;

  const said = async (command: string) => (await root.run(command)).output.trim();
  const boot = async () => {
    guest = await bootPlain({ image: disk, seed, keep: true });
    root = await logIn({ port: guest.port, username: 'root', privateKey: identity.managementPrivateKey });
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-tiny-test-'));
    disk = join(folder, 'disk.qcow2');
    seed = join(folder, 'seed');
    await copyFile(await tinyImage(), disk);
    await makeSeed(seed, seedFiles(identity));
    await boot();
  });
  after(async () => {
    root?.close();
    await guest?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes its identity from the seed', async () => {
    assert.equal(root.hostKey, identity.hostKeys[0]?.public.split(' ')[1]);
    assert.equal(await said('hostname'), 'node7');
    assert.equal(await said('cat /etc/machine-id'), machineId(identity.instanceId));
    assert.equal(await said("grep -cF 'root:$6$labrador$' /etc/shadow"), '1');
  });

  it('tells login shells, commands over SSH and sudo of the proxy', async () => {
    assert.equal(await said(`env -i sh -lc 'echo $http_proxy'`), 'http://10.0.2.100:3128');
    assert.equal(await said('echo $https_proxy'), 'http://10.0.2.100:3128');
    assert.match(await said('cat /etc/sudoers.d/labrador-proxy'), /env_keep/);
  });

  it('lets a person in by password, with sudo and SFTP, and not root', async () => {
    await said('useradd -m -s /bin/sh -G sudo ann && echo ann:secret1 | chpasswd');
    const ann = await logIn({ port: guest.port, username: 'ann', password: 'secret1' });
    assert.match((await ann.run('echo secret1 | sudo -S id -u')).output, / 0$/m);
    const names = await new Promise<string[]>((resolve, reject) => {
      ann.client.sftp((error, sftp) => {
        if (error) return reject(error);
        sftp.readdir('/etc', (failure, list) =>
          failure ? reject(failure) : resolve(list.map(({ filename }) => filename)),
        );
      });
    });
    assert.ok(names.includes('os-release'));
    ann.close();
    await assert.rejects(logIn({ port: guest.port, username: 'root', password: rootPassword }));
  });

  it('asks for the root password on the console', async () => {
    assert.match(await guest.console(), /node7 login: $/);
  });

  it('keeps what was written over a reboot, and its identity', async () => {
    await said('echo mine >/root/file; echo changed >/etc/hostname; sync');
    root.close();
    guest.qmp('system_powerdown');
    await once(guest.process, 'exit');
    await guest.stop();

    await boot();
    assert.equal(await said('cat /root/file'), 'mine');
    assert.equal(await said('hostname'), 'changed');
  });

  it('is a new machine for a new instance id', async () => {
    root.close();
    await guest.stop();
    await makeSeed(
      seed,
      seedFiles({ ...identity, instanceId: 'another', hostname: 'node8', proxy: undefined }),
    );
    await boot();
    assert.equal(await said('hostname'), 'node8');
    assert.equal(await said('cat /etc/machine-id'), machineId('another'));
    assert.equal(await said('ls /etc/profile.d /etc/sudoers.d | grep -c proxy'), '0');
  });
});
