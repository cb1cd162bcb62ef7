import { withInstallation } from '../installation.ts';
import { say } from '../say.ts';
import { type Fault, faults, throwFault } from './faults.ts';
import { rackNodeNamed } from './rack-node-named.ts';

/** `labrador rack fault`. */
export function throwIn(name: string, fault: Fault): Promise<void> {
  return withInstallation(async ({ data }) => {
    await throwFault(await rackNodeNamed(data.path, name), fault);
    say(`${name}: ${faults[fault]}.`);
  });
}
