/** Real BMCs of OpenIPMI's simulator, each a process of its own; the machine behind one is a folder of files that its hook reads. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BmcAccess } from '../../src/domain/contracts/facts.ts';

/** Called by ipmi_sim: `get power boot`, `set power 1`. What it says it reads to the end; `fault` is run first. */
const hook = `#!/bin/sh
cd "\${0%/*}" || exit 1
echo "$*" >> hook.log
[ ! -f fault ] || . ./fault
op=$1; shift
while [ $# -gt 0 ]; do
  case $op in
    get) echo "$1:$(cat "$1" 2>/dev/null)"; shift ;;
    set)
      case $1 in
        power) [ -f stuck ] || echo "$2" > power ;;
        boot) [ ! -f refuses-boot ] || exit 1; [ -f forgets-boot ] || echo "$2" > boot ;;
        shutdown) [ -f deaf ] || echo 0 > power ;;
      esac
      shift 2 ;;
    *) exit 1 ;;
  esac
done
`;

const usual = { username: 'admin', password: 'secret' };

const emulated = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
`;

export interface SimulatedBmc {
  readonly access: BmcAccess;
  readonly folder: string;
  readonly process: ChildProcess;
  /** What the hook was called with, oldest first. */
  calls(): Promise<string[]>;
  /** Whether the machine is on, as the hook knows it. */
  isOn(): Promise<boolean>;
  /** `stuck`: it takes no notice of on and off; `deaf`: nor of the button; see the hook for the others. */
  fault(name: 'stuck' | 'deaf' | 'refuses-boot' | 'forgets-boot', on?: boolean): Promise<void>;
  /** Shell that the hook runs before it does anything. */
  hookFault(script: string): Promise<void>;
  /** Stands still, as a BMC that hangs. */
  hang(): void;
  wake(): void;
  close(): Promise<void>;
}

export async function startIpmiSim(
  options: {
    readonly username?: string;
    readonly password?: string;
    /** A TCP port of this computer that is the machine's serial line. */
    readonly serial?: number;
  } = {},
): Promise<SimulatedBmc> {
  const { username = usual.username, password = usual.password } = options;
  const folder = await mkdtemp(join(tmpdir(), 'labrador-ipmi-'));
  const path = (name: string) => join(folder, name);
  await mkdir(path('state'));
  await Promise.all([
    writeFile(path('chassis'), hook, { mode: 0o755 }),
    writeFile(path('emu'), emulated),
    ...[
      writeFile(path('power'), '0\n'),
      writeFile(path('boot'), 'default\n'),
      writeFile(path('hook.log'), ''),
    ],
  ]);
  const port = await freePort();
  await writeFile(path('conf'), configuration(folder, port, options));
  const args = ['-n', '-c', path('conf'), '-f', path('emu'), '-s', path('state')];
  const child = spawn('ipmi_sim', args, { stdio: 'ignore' });
  await listening(port, child);
  return {
    access: { host: '127.0.0.1', port, username, password, cipher: null, fingerprint: null },
    folder,
    process: child,
    calls: async () => (await readFile(path('hook.log'), 'utf8')).split('\n').filter((line) => line !== ''),
    isOn: async () => (await readFile(path('power'), 'utf8')).trim() === '1',
    fault: (name, on = true) => (on ? writeFile(path(name), '') : rm(path(name), { force: true })),
    hookFault: (script) => writeFile(path('fault'), script),
    hang: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(
  folder: string,
  port: number,
  options: { readonly username?: string; readonly password?: string; readonly serial?: number },
): string {
  const { username, password, serial } = { ...usual, ...options };
  return `name "bmc"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 ${port}
    priv_limit admin
    allowed_auths_admin md5
    guid ${randomBytes(16).toString('hex')}
  endlan
  chassis_control "${folder}/chassis"
${serial === undefined ? '' : `  sol "tcp:127.0.0.1:${serial}" 115200\n`}  user 2 true "${username}" "${password}" admin 10 md5
`;
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** It says nothing when it is ready: the kernel knows. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  const local = new RegExp(`: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `);
  while (!local.test(await readFile('/proc/net/udp', 'utf8'))) {
    if (child.exitCode !== null) throw new Error(`ipmi_sim ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
