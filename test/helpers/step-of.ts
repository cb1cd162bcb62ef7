/** Those that boot a machine: the steps of its module are theirs. */
const booting = ['new', 'reload', 'reinstall', 'reboot', 'power'];

/** Is it a step of this action? Progress is written whenever there is time: no kill can be told to come after that. */
export function isStepOf(action: string, step: string): boolean {
  if (step.includes(': progress ')) return false;
  return step.startsWith(`${action}: `) || (booting.includes(action) && step.startsWith('module: '));
}
