/** The scripts that do the work on a machine: they run in its `sh`, which may be dash, bash or busybox. */
import type { OsContext } from '../../../src/domain/contracts/os.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { ownText } from '../../../src/lib/own-text.ts';
import { shellWord } from '../../../src/lib/shell-word.ts';

/** One call of a function of the scripts; words are passed as they are, whatever stands in them. */
export type Call = readonly [name: string, ...words: (string | number)[]];

const library = (['accounts', 'sessions', 'system', 'group', 'capture'] as const)
  .map((name) => ownText(new URL(`./scripts/${name}.sh`, import.meta.url)))
  .join('\n');

const prelude = `set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
has() { command -v "$1" >/dev/null 2>&1; }
`;

/**
 * Runs the calls as root, one after the other, and returns what they print. The script is read whole before it begins, so
 * that no command in it takes it for its own input. `failed`, naming `what`, when one of them does not succeed.
 */
export async function runCalls(
  { shell }: Pick<OsContext, 'shell'>,
  what: string,
  calls: readonly Call[],
  timeoutMs = 60_000,
): Promise<string> {
  const { code, stdout, stderr } = await shell.run(scriptOf(calls), { timeoutMs });
  if (code === 0) return stdout;
  const said = stderr.trim().split('\n').at(-1)?.slice(-200);
  throw new ModuleError('failed', `${what} failed on the machine: ${said || `status ${code}`}`);
}

function scriptOf(calls: readonly Call[]): string {
  const lines = calls.map(([name, ...words]) =>
    [name, ...words.map((word) => shellWord(String(word)))].join(' '),
  );
  return `${prelude}${library}\nmain() {\n${lines.join('\n')}\n}\nmain </dev/null\n`;
}
