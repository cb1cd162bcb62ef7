import { inTransaction } from '../../../db/transaction.ts';
import { poolFolder, runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { pressOff, setBmc, setFault } from '../../helpers/test-machines.ts';
import { startStranger } from '../../helpers/test-metal.ts';
import { type Scenario, scenario } from './scenarios.ts';

const pool = (lab: Lab) => poolFolder(lab.directory);
const silence = 'The BMC at 10.0.7.1 does not answer.';

/** Machines of bare metal: commissioned, discovered, and their BMCs looked at. */
export const metalScenarios: readonly Scenario[] = [
  scenario('inspect', 'commissioned: every part passes', { nodes: 'available' }, commissioned),
  scenario('discover', 'a machine that is no node was started', { nodes: 'available' }, metal, (lab) =>
    startStranger(pool(lab), '52:54:00:00:00:77'),
  ),
  scenario('watchbmcs', 'an idle machine was switched off', { nodes: 'available' }, watched, (lab) => {
    pressOff(pool(lab));
    return wake(lab);
  }),
];

/** What they may come to besides: for the full tests. */
export const troubledMetalScenarios: readonly Scenario[] = [
  scenario('inspect', 'commissioned: it cannot be looked at', { nodes: 'maintenance' }, commissioned, (lab) =>
    setFault(pool(lab), 'sim1.inspect', { kind: 'node_broken', left: 99 }),
  ),
  scenario('watchbmcs', 'a BMC stays silent', { nodes: 'failed' }, silent, wake),
  scenario('watchbmcs', 'a BMC answers again', { nodes: 'available' }, silent, async (lab) => {
    await wake(lab);
    await runUntilSettled(lab.db, lab.directory);
    setBmc(pool(lab), 'sim1', {});
    await wake(lab);
  }),
];

/** Its pool is of bare metal, and its machines can be discovered. */
async function metal(lab: Lab): Promise<void> {
  await inTransaction(lab.db, (tx) => tx.table('pools').update({ module: 'metal' }));
}

async function commissioned(lab: Lab): Promise<void> {
  await metal(lab);
  const admin = await lab.person('ada', { role: 'administrator' });
  await lab.services.orderNode(admin, 1, { action: 'commission' });
}

/** A machine that is loaded, idle and on, whose BMC answers. */
async function watched(lab: Lab): Promise<void> {
  await inTransaction(lab.db, async (tx) => {
    const settings = JSON.stringify({ loadSeconds: 0, bmcs: 'enforce' });
    await tx.table('pools').update({ settings });
    await tx.table('node_hardware').insert({
      ...{ node_id: 1, bmc_host: '10.0.7.1', bmc_username: 'admin', firmware: 'bios', ssh_port: 22 },
      bmc_password: lab.deps.cipher.seal('secret'),
    });
  });
  await runUntilSettled(lab.db, lab.directory);
}

/** It was silent at one look. */
async function silent(lab: Lab): Promise<void> {
  await watched(lab);
  setBmc(pool(lab), 'sim1', { silent: silence });
  await wake(lab);
  await runUntilSettled(lab.db, lab.directory);
}

/** The BMCs are asked as soon as a daemon is there. */
async function wake(lab: Lab): Promise<void> {
  await inTransaction(lab.db, (tx) =>
    tx.table('tasks').where({ action: 'watchbmcs' }).update({ run_after: 0 }),
  );
}
