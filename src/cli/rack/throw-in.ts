import { CommandError } from '../failure.ts';
import { withInstallation } from '../installation.ts';
import { say } from '../say.ts';
import { type Fault, faults, throwFault } from './faults.ts';
import { rackNodes } from './rack-node.ts';

/** `labrador rack fault`. */
export function throwIn(name: string, fault: Fault): Promise<void> {
  return withInstallation(async ({ data }) => {
    const nodes = await rackNodes(data.path);
    const node = nodes.find((each) => each.name === name);
    if (!node) {
      const there =
        nodes.map((each) => each.name).join(', ') || 'no machine: "labrador start --rack 2" makes two';
      throw new CommandError(`There is no ${name} in the rack, but ${there}.`);
    }
    await throwFault(node, fault);
    say(`${name}: ${faults[fault]}.`);
  });
}
