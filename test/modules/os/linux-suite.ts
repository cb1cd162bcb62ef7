import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { os } from '../../../modules/os/registry.ts';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import type { AccountFacts, NodeFacts, RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import { type BoundOs, terminalMark } from '../../../src/domain/contracts/os.ts';
import { proxyScript } from '../../../src/lib/images/proxy-files.ts';
import { connectSsh, type SshConnection, SshError } from '../../../src/lib/ssh.ts';
import { newKeyPair } from '../../../src/lib/ssh-keys.ts';
import { closeShells, connectShell } from '../../../src/lib/ssh-shell.ts';
import { Bench } from '../provisioning/bench.ts';

export interface LinuxSubject {
  /** Of the image. */
  revision(): Promise<RevisionFacts>;
  /** What a machine needs for it: its disk is larger than the image. */
  readonly node: Pick<NodeFacts, 'diskMb' | 'memoryMb'>;
  /** Milliseconds that one test may take. */
  readonly timeoutMs: number;
}

/** Everything the OS module does, on a real machine with the image. */
export function linuxSuite(name: string, subject: LinuxSubject): void {
  describe(`linux, on ${name}`, function () {
    this.timeout(subject.timeoutMs);
    const key = newKeyPair('person');
    const account: AccountFacts = {
      username: 'j.doe',
      password: 'a "strange" $password\' %s',
      sshKeys: [key.public],
      root: true,
    };
    let bench: Bench;
    let node: NodeFacts;
    let bound: BoundOs;

    before(async () => {
      const directory = await mkdtemp(join(tmpdir(), 'labrador-os-'));
      const revision = await subject.revision();
      bench = new Bench({ module: provisioning.qemu, os: os.linux, directory, settings: {}, revision });
      node = await bench.load(bench.newNode({ name: 'Lab_PC 7', ...subject.node }));
      const { os: machine } = bench.context(node);
      assert.ok(machine);
      bound = machine;
    });
    after(async () => {
      await bench.subject.module.unload?.(bench.context(node));
      closeShells();
      await rm(bench.subject.directory, { recursive: true });
    });

    async function asRoot(script: string): Promise<string> {
      const { management } = node;
      assert.ok(management);
      const privateKey = bench.secretsOf(node).managementKey;
      const { stdout } = await connectShell({ ...management, privateKey, hostKeys: node.hostKeys }).run(
        script,
      );
      return stdout.trim();
    }

    function logIn(how: { password: string } | { privateKey: string }): Promise<SshConnection> {
      assert.ok(node.management);
      const { username } = account;
      // An emulated machine may take its time to answer at all.
      const patience = { bannerTimeoutMs: 120_000, handshakeTimeoutMs: 120_000 };
      return connectSsh({ ...node.management, username, hostKeys: node.hostKeys, ...patience, ...how });
    }

    async function isLetIn(how: { password: string } | { privateKey: string }): Promise<boolean> {
      try {
        const { client } = await logIn(how);
        client.end();
        return true;
      } catch (error) {
        // OpenSSH with PAM hangs up on an account that has expired.
        if (error instanceof SshError) return false;
        throw error;
      }
    }

    const ways = [{ password: account.password }, { privateKey: key.private }];

    /** A login shell of the account; resolves once it runs. */
    async function openSession(
      before = '',
    ): Promise<{ said: () => string; over: Promise<void>; type(text: string): void; end(): void }> {
      const { client } = await logIn(ways[0] ?? { password: '' });
      return await new Promise((resolve, reject) => {
        client.exec(`${before} exec sh`, { pty: true }, (error, channel) => {
          if (error) return reject(error);
          let text = '';
          const over = new Promise<void>((ended) => channel.once('close', () => ended()));
          channel.on('data', (chunk: Buffer) => {
            text += chunk.toString();
            if (text.includes('up-and-running'))
              resolve({
                said: () => text,
                over,
                type: (typed) => channel.write(typed),
                end: () => client.end(),
              });
          });
          channel.write('echo up-and-"running"\n');
        });
      });
    }

    /** The guest ends a session a moment after we have left it; the test's own time limit bounds the wait. */
    async function becomes(wanted: string): Promise<void> {
      while ((await bound.connected(account.username)) !== wanted) await new Promise(setImmediate);
    }

    it('prepares: host name, time, root, the whole disk', async () => {
      assert.equal(await asRoot('hostname'), 'lab-pc-7');
      const before = Date.now() / 1000;
      const clock = Number(await asRoot('date +%s'));
      const behind = before - clock;
      const ahead = clock - Date.now() / 1000;
      assert.ok(Math.max(behind, ahead) < 5, `its clock is ${Math.max(behind, ahead)} s away`);
      assert.ok(Number(await asRoot("df -k / | awk 'END { print $2 }'")) > subject.node.diskMb * 930);
      const written = await asRoot('cat /root/currentimage.txt');
      assert.match(written, new RegExp(`^${name}-v1\\nid=2\\n(.*\\n)*vcld_post_load=success`));
      assert.equal(await bound.current_image(), `${name}-v1`);
    });

    it('sets right what the seed had set and somebody changed', async () => {
      await asRoot(
        'hostname other; echo root:other | chpasswd; date -s @1000000000; : >/root/.ssh/authorized_keys',
      );
      await bound.prepare();
      assert.equal(await asRoot('hostname'), 'lab-pc-7');
      assert.notEqual(await asRoot('cat /root/.ssh/authorized_keys'), '');
      assert.ok(Number(await asRoot('date +%s')) > 1_700_000_000);
    });

    it('makes an account that nobody can use yet', async () => {
      await bound.add_user(account);
      await bound.add_user(account);
      assert.notEqual(await asRoot(`id ${account.username}`), '');
      for (const way of ways) assert.equal(await isLetIn(way), false);
      assert.equal(await bound.connected(account.username), 'no');
    });

    it('lets it in by password and by key, and to become root', async () => {
      await bound.open_access(account);
      await bound.open_access(account);
      for (const way of ways) assert.equal(await isLetIn(way), true);
      assert.equal(await asRoot(`sudo -u ${account.username} sudo -n id -u`), '0');
      const keys = await asRoot(`cat ~${account.username}/.ssh/authorized_keys`);
      assert.deepEqual(keys.split('\n'), [key.public]);
    });

    it('takes off the keys that its person removed, and leaves those they put there themselves', async () => {
      const [other, own] = [newKeyPair('other'), newKeyPair('own')];
      const file = `~${account.username}/.ssh/authorized_keys`;
      await asRoot(`echo '${own.public}' >>${file}`);
      const open = async (...sshKeys: string[]) => {
        await bound.open_access({ ...account, sshKeys });
        return (await asRoot(`cat ${file}`)).split('\n').sort();
      };
      assert.deepEqual(await open(key.public, other.public), [key.public, other.public, own.public].sort());
      assert.equal(await isLetIn({ privateKey: other.private }), true);
      assert.deepEqual(await open(key.public), [key.public, own.public].sort());
      assert.equal(await isLetIn({ privateKey: other.private }), false);
      assert.equal(await isLetIn({ privateKey: own.private }), true);
      assert.deepEqual(await open(), [own.public]);
      await asRoot(`: >${file}`);
      assert.deepEqual(await open(), ['']);
      assert.deepEqual(await open(key.public), [key.public]);
    });

    it('sees its sessions, but neither what was left running nor a terminal that is kept', async () => {
      assert.equal(await bound.connected(account.username), 'no');
      const kept = await openSession(terminalMark);
      assert.equal(await bound.connected(account.username), 'no');
      const session = await openSession('(setsid sleep 1000 >/dev/null 2>&1 &);');
      assert.equal(await bound.connected(account.username), 'yes');
      session.end();
      await session.over;
      await becomes('no');
      kept.end();
      await kept.over;
    });

    it('says for how long nothing was typed on its terminals', async () => {
      assert.equal(await bound.idle(account.username), null, 'it has none');
      const session = await openSession();
      const other = await openSession();
      const typed = await bound.idle(account.username);
      assert.ok(typed !== null && typed < 120, `${typed} s`);
      // an hour later, as the machine sees it: what is printed is no input
      await asRoot('date -s "@$(($(date +%s) + 3600))" >/dev/null');
      await bound.message(account.username, 'Are you there?');
      while (!session.said().includes('Are you there?')) await new Promise(setImmediate);
      const quiet = await bound.idle(account.username);
      assert.ok(quiet !== null && quiet >= 3590, `${quiet} s`);
      session.type('echo I-am-"here"\n');
      while (!session.said().includes('I-am-here')) await new Promise(setImmediate);
      const again = await bound.idle(account.username);
      assert.ok(again !== null && again < 1800, `${again} s`);
      for (const one of [session, other]) {
        one.end();
        await one.over;
      }
      await bound.prepare();
    });

    it('shows a message on its terminals', async () => {
      const session = await openSession();
      await bound.message(account.username, "Ends in 5 minutes.\n\u001b[2J'; touch /tmp/ran; '");
      while (!session.said().includes('Ends in 5 minutes.')) await new Promise(setImmediate);
      assert.ok(!session.said().includes('\u001b[2J'));
      assert.equal(await asRoot('ls /tmp/ran 2>/dev/null'), '');
      session.end();
    });

    it('leaves it to the gateway to show it on a terminal that it keeps', async () => {
      const kept = await openSession(terminalMark);
      const session = await openSession();
      await bound.message(account.username, 'Ends in 5 minutes.');
      while (!session.said().includes('Ends in 5 minutes.')) await new Promise(setImmediate);
      kept.type('echo I-am-"kept"\n');
      while (!kept.said().includes('I-am-kept')) await new Promise(setImmediate);
      assert.ok(!kept.said().includes('Ends in 5 minutes.'), kept.said());
      for (const one of [kept, session]) {
        one.end();
        await one.over;
      }
    });

    it('closes access: ends what runs, refuses what comes', async () => {
      const session = await openSession();
      await bound.close_access(account.username);
      await session.over;
      assert.equal(await asRoot(`cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c '[s]leep 1000'`), '0');
      for (const way of ways) assert.equal(await isLetIn(way), false);
      await bound.open_access(account);
      for (const way of ways) assert.equal(await isLetIn(way), true);
    });

    it('removes the account with all it had', async () => {
      await asRoot(`touch /tmp/theirs && chown "$(id -u ${account.username})" /tmp/theirs`);
      await bound.remove_user(account.username);
      await bound.remove_user(account.username);
      await bound.sanitize(account.username);
      await bound.close_access(account.username);
      assert.equal(
        await asRoot(`id ${account.username} 2>/dev/null; ls /home /tmp/theirs 2>/dev/null`),
        '/home:',
      );
      assert.equal(await asRoot('ls /etc/sudoers.d | grep labrador-account'), '');
      assert.equal(await bound.connected(account.username), 'no');
    });

    it('leaves nothing of the machine for an image', async () => {
      await bound.add_user(account);
      await asRoot(proxyScript('http://10.0.2.100:3128'));
      await asRoot('echo secret >/root/.ash_history; echo line >>/var/log/messages; touch /tmp/left');
      await bound.pre_capture();
      const left = await asRoot(
        'ls /etc/dropbear /etc/ssh/*_key /home /root/.ssh /root/.ash_history /root/currentimage.txt /var/lib/labrador /tmp 2>/dev/null; cat /etc/machine-id; id j.doe 2>/dev/null; grep -rl "Labrador proxy" /etc',
      );
      assert.equal(left.replace(/^\/\S+:$|\n/gm, ''), '');
    });

    it('says unknown when the machine does not answer', async () => {
      await bench.subject.module.power_off(bench.context(node));
      assert.equal(await bound.connected(account.username), 'unknown');
    });
  });
}
