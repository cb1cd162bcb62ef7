/** Erasures that no disk of an emulator has: by what the tools answer of real ones. */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exec } from '../../../../src/lib/exec.ts';

const erase = fileURLToPath(new URL('../../../../src/lib/images/agent/erase', import.meta.url));

/** The end of `hdparm -I` of a SATA disk (hdparm 9.65). */
const security = (state: { frozen?: boolean; locked?: boolean; enhanced?: boolean } = {}) => `
ATA device, with non-removable media
	Model Number:       Samsung SSD 870 EVO 500GB
Security: 
	Master password revision code = 65534
		supported
	not	enabled
	${state.locked ? '' : 'not'}	locked
	${state.frozen ? '' : 'not'}	frozen
	not	expired: security count
	${state.enhanced ? '' : 'not'}	supported: enhanced erase
	2min for SECURITY ERASE UNIT. 8min for ENHANCED SECURITY ERASE UNIT.
Logical Unit WWN Device Identifier: 5002538f00000000
Checksum: correct
`;

describe('erasing a disk by itself', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-erase-'));
    await mkdir(join(folder, 'bin'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A tool that notes what it is asked and answers with `body`, shell of its own. */
  async function tool(name: string, body: string): Promise<void> {
    const path = join(folder, 'bin', name);
    await writeFile(path, `#!/bin/sh\necho "$*" >>${folder}/asked\n${body}\n`);
    await chmod(path, 0o755);
  }

  /** What the agent's function answers: its status, how, and what is said where it failed. */
  async function run(work: string, disk: string) {
    const script = `results=${folder}; bytes=1000; method=; because=
      through() { :; }
      sleep() { :; }
      . ${erase}
      ${work} ${disk}
      echo "$?|$method|$because|$(tail -n 1 "$results/${disk}.said" 2>/dev/null)"`;
    const path = `${join(folder, 'bin')}:${process.env.PATH}`;
    const { stdout } = await exec('sh', ['-c', script], { env: { ...process.env, PATH: path } });
    const [status, method, because, said] = stdout.trim().split('|');
    return { status: Number(status), method, because, said };
  }
  const asked = async () => (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n');

  it('uses the enhanced ATA erasure where there is one, with a password that is gone with it (req. 25)', async () => {
    await writeFile(join(folder, 'identity'), security({ enhanced: true }));
    await tool('hdparm', `[ "$1" = -I ] && cat ${folder}/identity; exit 0`);
    assert.deepEqual(await run('erase_ata', 'sda'), {
      ...{ status: 0, method: 'enhanced secure erase', because: '', said: '' },
    });
    assert.deepEqual(await asked(), [
      '-I /dev/sda',
      '--user-master u --security-set-pass labrador /dev/sda',
      '--user-master u --security-erase-enhanced labrador /dev/sda',
    ]);
  });

  it('has none on a disk that the firmware has frozen, which is then overwritten (req. 25)', async () => {
    await writeFile(join(folder, 'identity'), security({ frozen: true }));
    await tool('hdparm', `cat ${folder}/identity`);
    const { status, because } = await run('erase_ata', 'sda');
    assert.deepEqual([status, because], [1, ', since the firmware froze its erasure']);
    assert.deepEqual(await asked(), ['-I /dev/sda']);
  });

  it('fails when the disk is locked, and when its erasure fails; then the password is taken back (req. 25)', async () => {
    await writeFile(join(folder, 'identity'), security({ locked: true }));
    await tool('hdparm', `cat ${folder}/identity`);
    assert.deepEqual(await run('erase_ata', 'sda'), {
      ...{ status: 2, method: '', because: '', said: 'it is locked with a password' },
    });
    await writeFile(join(folder, 'identity'), security());
    const refusal = 'SG_IO: bad/missing sense data, sb[]:  70 00 05';
    await tool(
      'hdparm',
      `case "$*" in -I*) cat ${folder}/identity ;; *erase*) echo '${refusal}' >&2; exit 5 ;; esac`,
    );
    const failed = await run('erase_ata', 'sda');
    assert.deepEqual([failed.status, failed.method, failed.said], [2, 'secure erase', refusal]);
    assert.equal((await asked()).at(-1), '--user-master u --security-disable labrador /dev/sda');
  });

  /** A controller with these capabilities (NVMe 1.4, figure 247), whose log says that it is in these states, one after another. */
  async function controller(can: number, states: readonly number[]): Promise<void> {
    const identity = Buffer.alloc(4096);
    identity.writeUInt16LE(0, 256);
    identity.writeUInt32LE(can, 328);
    await writeFile(join(folder, 'controller'), identity);
    for (const [index, state] of states.entries()) {
      const log = Buffer.alloc(512);
      log.writeUInt16LE(32_768, 0);
      log.writeUInt16LE(state, 2);
      await writeFile(join(folder, `log${index + 1}`), log);
    }
    await tool(
      'sg_raw',
      `for word; do case $word in --cmdfile=*) command=\${word#*=} ;; --outfile=*) out=\${word#*=} ;; esac; done
tr '\\n' ' ' <"$command" >>${folder}/commands; echo >>${folder}/commands
case $(head -c 2 "$command") in
  06) cp ${folder}/controller "$out" ;;
  02) n=$(grep -c '^02' ${folder}/commands); cp "${folder}/log$n" "$out" ;;
esac`,
    );
  }
  const commands = async () => {
    const lines = (await readFile(join(folder, 'commands'), 'utf8')).trim().split('\n');
    return lines.map((line) => line.trim().split(/\s+/)).filter(([opcode]) => opcode === '84');
  };

  it('sanitizes an NVMe disk by its key where it can, and waits until the log says that it is done (req. 25)', async () => {
    await controller(0b011, [2, 2, 1]);
    const { status, method } = await run('erase_nvme', 'nvme0n1');
    assert.deepEqual([status, method], [0, 'sanitize, changing its key']);
    const [command] = await commands();
    assert.equal(command?.length, 64);
    assert.deepEqual(
      command.slice(40, 44),
      ['0c', '00', '00', '00'],
      'crypto erase, and leave when it fails',
    );
  });

  it('believes no NVMe disk whose log says that sanitizing it failed (req. 25)', async () => {
    await controller(0b010, [2, 3]);
    assert.deepEqual(await run('erase_nvme', 'nvme0n1'), {
      ...{ status: 2, method: 'sanitize, erasing its blocks', because: '' },
      said: 'its log says that sanitizing it failed',
    });
  });

  it('has none on an NVMe disk that can neither sanitize nor format (req. 25)', async () => {
    await controller(0, []);
    assert.equal((await run('erase_nvme', 'nvme0n1')).status, 1);
  });
});
