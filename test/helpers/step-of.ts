const loading = ['new', 'reload', 'reinstall'];

/** Is it a step of this action? Progress is written whenever there is time: no kill can be told to come after that. */
export function isStepOf(action: string, step: string): boolean {
  if (step.includes(': progress ')) return false;
  return step.startsWith(`${action}: `) || (loading.includes(action) && step.startsWith('load: '));
}
