import { someone } from '../../helpers/administrators.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { addChemistry } from '../../helpers/second-image.ts';
import { type Scenario, scenario } from './scenarios.ts';

async function oneSpare(lab: Lab): Promise<void> {
  const admin = await someone(lab.deps, 'admin', 'administrator');
  await addChemistry(lab);
  await runUntilSettled(lab.db, lab.directory);
  await lab.services.setSpares(admin, 'chemistry', 1);
}

export const predictionScenarios: readonly Scenario[] = [
  scenario('preload', 'a spare is loaded ahead', { nodes: 'available available' }, oneSpare),
];
