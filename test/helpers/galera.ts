import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectDatabase } from '../../db/connect.ts';
import { rowsOf } from '../../db/raw-rows.ts';
import { freePort } from './free-port.ts';
import { installMariaDb, type MariaDbServer, runMariaDb } from './mariadb-server.ts';

const provider = '/usr/lib/galera/libgalera_smm.so';

let running: Promise<readonly MariaDbServer[]> | undefined;

/** Starts the two nodes of this process's cluster at the first call (about half a minute); later calls get the same ones. */
export function startGalera(): Promise<readonly MariaDbServer[]> {
  running ??= start();
  return running;
}

/**
 * The second node begins with a copy of the first one's files, from after a clean shutdown: it needs only what was written since, which the
 * servers send one another (IST). So no program has to copy files from one to the other, as which rsync does not serve root.
 */
async function start(): Promise<readonly MariaDbServer[]> {
  const folder = await installMariaDb();
  const path = writeTransfer(folder);
  const [first, second] = [await place('data'), await place('second')];
  const founds = { path, args: [...first.args, '--wsrep-cluster-address=gcomm://', '--wsrep-new-cluster'] };
  const alone = await runMariaDb(folder, 'data', founds);
  await ready(alone);
  await alone.stop();
  cpSync(join(folder, 'data'), join(folder, 'second'), { recursive: true });
  for (const own of ['gvwstate.dat', 'galera.cache']) rmSync(join(folder, 'second', own), { force: true });
  const one = await runMariaDb(folder, 'data', founds);
  await ready(one);
  const joins = { path, args: [...second.args, `--wsrep-cluster-address=gcomm://${first.address}`] };
  const other = await runMariaDb(folder, 'second', joins);
  await ready(other);
  return [one, other];
}

/** What is read on one node has everything that was written on the other before (`wsrep_sync_wait`), as docs/operate.md wants it. */
async function place(name: string) {
  const address = `127.0.0.1:${await freePort()}`;
  const options = [
    'base_host=127.0.0.1',
    `gmcast.listen_addr=tcp://${address}`,
    `ist.recv_addr=127.0.0.1:${await freePort()}`,
    'gcache.size=64M',
  ];
  const args = [
    '--wsrep-on=ON',
    `--wsrep-provider=${provider}`,
    `--wsrep-provider-options=${options.join(';')}`,
    '--wsrep-cluster-name=labrador',
    `--wsrep-node-name=${name}`,
    `--wsrep-node-address=${address}`,
    '--wsrep-sst-method=none_is_needed',
    '--wsrep-sync-wait=15',
    '--binlog-format=ROW',
    '--innodb-autoinc-lock-mode=2',
  ];
  return { address, args };
}

/** The program that the servers start beside the transfer: it has to say when it begins and at what position it has ended. */
function writeTransfer(folder: string): string {
  const path = join(folder, 'bin');
  mkdirSync(path);
  const script = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in --role) role=$2 ;; --gtid) gtid=$2 ;; esac
  shift
done
if [ "$role" = joiner ]; then
  echo "ready 127.0.0.1:1/none"
  while [ ! -e '${path}/position' ]; do sleep 0.1; done
  cat '${path}/position'
else
  echo "$gtid" > '${path}/new'
  mv '${path}/new' '${path}/position'
  echo "done $gtid"
fi
`;
  writeFileSync(join(path, 'wsrep_sst_none_is_needed'), script, { mode: 0o755 });
  return path;
}

/** It is part of the cluster, and has all that was written there. */
async function ready(server: MariaDbServer): Promise<void> {
  const db = connectDatabase(server.url(''));
  for (;;) {
    const rows = rowsOf<{ Value: string }>(await db.knex.raw("SHOW STATUS LIKE 'wsrep_ready'"));
    if (rows[0]?.Value === 'ON') break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await db.close();
}
