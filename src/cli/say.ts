/** A line for the person at the terminal: results on standard output. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Progress, warnings and errors: standard error, so that a result can be piped on. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
