import type { BmcInfo, Firmware } from '../../src/domain/contracts/facts.ts';
import type { Tx } from '../transaction.ts';

/** As it is entered. */
export interface NewHardware {
  readonly bmcHost: string;
  /** Null: the usual one of the module's protocol. */
  readonly bmcPort: number | null;
  readonly bmcUsername: string;
  /** Sealed. */
  readonly bmcPassword: string;
  readonly firmware: Firmware;
  /** Where its own SSH answers once it is loaded. */
  readonly address: string | null;
  readonly sshPort: number;
}

export async function addHardware(tx: Tx, nodeId: number, hardware: NewHardware): Promise<void> {
  await tx.table('node_hardware').insert({ node_id: nodeId, ...columnsOf(hardware) });
  // Nobody knows what lies on its disks.
  await tx.table('nodes').where({ id: nodeId }).update({ unclean: 1 });
}

/** Changes how a node is reached and switched. What was learnt of another BMC than before is forgotten. */
export async function changeHardware(tx: Tx, nodeId: number, hardware: NewHardware): Promise<void> {
  await tx.change(
    `UPDATE node_hardware SET bmc_cipher = NULL, bmc_fingerprint = NULL, bmc_info = NULL
       WHERE node_id = ? AND (bmc_host <> ? OR COALESCE(bmc_port, 0) <> ?)`,
    [nodeId, hardware.bmcHost, hardware.bmcPort ?? 0],
  );
  // Whoever enters it anew has looked at it: what it has then is right.
  const forgotten = { bmc_audit: null, bmc_found: null, bmc_asked_at: null };
  await tx
    .table('node_hardware')
    .where({ node_id: nodeId })
    .update({ ...columnsOf(hardware), ...forgotten });
}

function columnsOf(hardware: NewHardware): Record<string, string | number | null> {
  return {
    bmc_host: hardware.bmcHost,
    bmc_port: hardware.bmcPort,
    bmc_username: hardware.bmcUsername,
    bmc_password: hardware.bmcPassword,
    firmware: hardware.firmware,
    address: hardware.address,
    ssh_port: hardware.sshPort,
  };
}

/** Keeps what a node's BMC said of itself, and what to begin with the next time. */
export async function keepBmc(tx: Tx, nodeId: number, { learnt, ...info }: BmcInfo): Promise<void> {
  await tx
    .table('node_hardware')
    .where({ node_id: nodeId })
    .update({
      bmc_cipher: learnt.cipher,
      bmc_fingerprint: learnt.fingerprint,
      bmc_info: JSON.stringify(info),
      found_at: tx.now,
    });
}
