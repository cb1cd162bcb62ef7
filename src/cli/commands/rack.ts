import { Argument, type Command } from 'commander';
import { type Fault, faults } from '../rack/faults.ts';

/** `labrador rack`: what only a rack made of software can be done to. */
export function addRackCommands(program: Command): void {
  const rack = program
    .command('rack')
    .description('the rack made of software that "labrador start --rack" makes');
  rack
    .command('add')
    .description('put one more machine into the rack, which Labrador does not know')
    .action(async () => (await import('../rack/put-in.ts')).putIn());
  rack
    .command('press')
    .description('press the button at the front of a machine: it starts, or is asked to shut down')
    .argument('<node>', 'which machine')
    .action(async (name: string) => (await import('../rack/press-button.ts')).pressButton(name));
  const lines = Object.entries(faults).map(([name, what]) => `  ${name}: ${what}`);
  rack
    .command('fault')
    .description('let something go wrong with a machine, to see what happens then')
    .argument('<node>', 'which machine')
    .addArgument(new Argument('<fault>', 'what').choices(Object.keys(faults)))
    .addHelpText('after', `\n${lines.join('\n')}`)
    .action(async (name: string, fault: Fault) => (await import('../rack/throw-in.ts')).throwIn(name, fault));
}
