import { ExecError, exec } from '../../../src/lib/exec.ts';

/** The version that a program says; empty when it says none, null when it does not run. */
export async function versionOf(
  program: string,
  option: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const { stdout } = await exec(program, [option], { signal, timeoutMs: 10_000 });
    return /version (\d[\w.]*)/.exec(stdout)?.[1] ?? '';
  } catch (error) {
    if (error instanceof ExecError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
