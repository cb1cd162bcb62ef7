import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BmcProgram } from './bmc-program.ts';
import { type RackNode, rackFiles } from './rack-node.ts';

const files = { lan: 'bmc.conf', board: 'bmc.emu', state: 'bmc-state' } as const;

/** A BMC that speaks IPMI: an `ipmi_sim` of its own (OpenIPMI lanserv), whose buttons are the machine's chassis. */
export const ipmiSim: BmcProgram = {
  called: 'ipmi_sim',
  packages: 'openipmi and ipmitool',
  async command(node) {
    await writeConfiguration(node);
    return ['ipmi_sim', '-n', '-c', files.lan, '-f', files.board, '-s', files.state];
  },
  listens,
};

/** What it kept of another configuration would win over this one. */
async function writeConfiguration({ folder, name, bmc }: RackNode): Promise<void> {
  await rm(join(folder, files.state), { recursive: true, force: true });
  await mkdir(join(folder, files.state), { mode: 0o700 });
  const guid = createHash('sha256').update(name).digest('hex').slice(0, 32);
  const lan = [
    ...[`name "${name}"`, 'set_working_mc 0x20', 'startlan 1', `addr 127.0.0.1 ${bmc.port}`],
    ...['priv_limit admin', 'allowed_auths_admin md5', `guid ${guid}`, 'endlan'],
    `chassis_control "./${rackFiles.chassis}"`,
    `user 2 true "${bmc.username}" "${bmc.password}" admin 10 md5`,
  ];
  const board = [
    ...['mc_setbmc 0x20', 'mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr'],
    ...['sel_enable 0x20 1000 0x0a', 'mc_enable 0x20'],
  ];
  await writeFile(join(folder, files.lan), `${lan.join('\n')}\n`, { mode: 0o600 });
  await writeFile(join(folder, files.board), `${board.join('\n')}\n`, { mode: 0o600 });
}

/** /proc/net/udp has local addresses in hex, the bytes of the address turned round (proc(5)). */
async function listens(port: number): Promise<boolean> {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return (await readFile('/proc/net/udp', 'utf8')).includes(` ${address} `);
}
