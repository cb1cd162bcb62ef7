/** Linux, whatever the distribution: what it has is found out on the machine, each time. */

import { type OsModule, terminalMark } from '../../../src/domain/contracts/os.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { proxyMark, proxyPaths } from '../../../src/lib/images/proxy-files.ts';
import { isIP } from '../../../src/lib/is-ip.ts';
import { sha512Crypt } from '../../../src/lib/sha512-crypt.ts';
import { tcpPeers } from '../../../src/lib/tcp-peers.ts';
import { post_load, prepare } from './prepare.ts';
import { runCalls } from './script.ts';
import { readSessions } from './sessions.ts';

/** How long the questions may take that are asked often. */
const questionMs = 15_000;

export const linux: OsModule = {
  id: 'linux',
  title: 'Linux',

  prepare,
  post_load,

  async add_user(context, { username, root }) {
    await runCalls(context, 'Making the account', [['add_account', username, root ? 'yes' : 'no']]);
  },

  async remove_user(context, username) {
    await runCalls(context, 'Removing the account', [['remove_account', username]]);
  },

  async open_access(context, { username, password, sshKeys }) {
    await runCalls(context, 'Opening access', [
      ['open_account', username, sha512Crypt(password), ...sshKeys],
    ]);
  },

  async close_access(context, username) {
    await runCalls(context, 'Closing access', [['shut_out', username]]);
  },

  async connected(context, username) {
    try {
      const calls = [['list_processes', username, terminalMark]] as const;
      return readSessions(await runCalls(context, 'Looking who is there', calls, questionMs));
    } catch (error) {
      if (error instanceof ModuleError) return 'unknown';
      throw error;
    }
  },

  async idle(context, username) {
    try {
      const said = await runCalls(
        context,
        'Looking at its terminals',
        [['idle_seconds', username]],
        questionMs,
      );
      return /^\d+$/.test(said.trim()) ? Number(said) : null;
    } catch (error) {
      if (error instanceof ModuleError) return null;
      throw error;
    }
  },

  async message(context, username, sentence) {
    const line = sentence.replace(/\p{Cc}+/gu, ' ');
    await runCalls(context, 'Showing a message', [['tell', username, terminalMark, line]], questionMs);
  },

  async sanitize(context, username) {
    await runCalls(context, 'Removing the account', [['remove_account', username]]);
  },

  async pre_capture(context) {
    const calls = [
      ['remove_all_accounts'],
      ['remove_proxy', proxyMark, ...proxyPaths],
      ['clean_identity'],
      ['clean_keys'],
      ['clean_traces'],
      ['settle_disk'],
    ] as const;
    await runCalls(context, 'Cleaning the system', calls, 300_000);
  },

  async current_image(context) {
    const calls = [['read_current_image']] as const;
    const said = await runCalls(context, 'Reading currentimage.txt', calls, questionMs);
    return said.trim() === '' ? null : said.trim();
  },

  async addresses(context, mac) {
    const said = await runCalls(context, 'Asking for its address', [['list_addresses', mac]], questionMs);
    const all = said.split('\n').filter((address) => isIP(address) > 0);
    return all.sort((a, b) => isIP(a) - isIP(b));
  },

  async connections(context, address) {
    const calls = [['list_connections']] as const;
    const said = await runCalls(context, 'Looking from where', calls, questionMs);
    return tcpPeers(said, { port: 22, host: address });
  },

  async meet(context, { self, card, machines }) {
    const own = machines.find(({ name }) => name === self);
    const lines = machines.flatMap(({ name, role, address }) => [name, role, address]);
    const calls = [
      ...(card === null || !own ? [] : [['take_address', card, `${own.address}/24`] as const]),
      ['meet', self, ...lines] as const,
    ];
    await runCalls(context, 'Telling it of the other machines', calls);
  },

  async reboot(context) {
    await runCalls(context, 'Restarting', [['soon', 'reboot']]);
  },

  async shutdown(context) {
    await runCalls(context, 'Switching off', [['soon', 'poweroff']]);
  },
};
