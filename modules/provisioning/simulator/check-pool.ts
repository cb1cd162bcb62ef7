import { access, constants, mkdir } from 'node:fs/promises';
import type { PoolCheck } from '../../../src/domain/contracts/provisioning.ts';
import type { PoolCheckContext } from '../../../src/domain/contracts/provisioning-context.ts';
import type { SimulatorSettings } from './settings.ts';

/** Says that there is nothing real to test, and tries the one thing that is needed: a folder for the machines' files. */
export async function check_pool({
  directory,
  settings,
  signal,
}: PoolCheckContext<SimulatorSettings>): Promise<readonly PoolCheck[]> {
  signal.throwIfAborted();
  return [simulated(settings), await folder(directory)];
}

function simulated({ failureRate, hangRate }: SimulatorSettings): PoolCheck {
  const faults = failureRate + hangRate > 0 ? ' Some loads fail or hang, as the settings say.' : '';
  const says = `These machines are simulated: there is nothing behind them to be reached.${faults}`;
  const mend = 'Where people shall connect, make a pool of another module.';
  return { name: 'Machines', result: 'warning', says, mend };
}

async function folder(directory: string): Promise<PoolCheck> {
  const name = 'Folder';
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK);
    return { name, result: 'fine', says: 'Their files can be written.', mend: null };
  } catch (error) {
    const says = `Their files cannot be written: ${(error as Error).message}.`;
    return { name, result: 'wrong', says, mend: 'Let Labrador write in its data directory.' };
  }
}
