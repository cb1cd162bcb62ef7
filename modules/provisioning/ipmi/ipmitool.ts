/** The program ipmitool, run once for each command. The password travels in its environment, never among its arguments. */
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { BmcAccess } from '../../../src/domain/contracts/facts.ts';
import { converse, ExecError, exec } from '../../../src/lib/exec.ts';
import { BmcError } from '../shared/bmc/bmc-error.ts';
import type { Said } from './answers.ts';

/** How a BMC is greeted. */
export interface Greeting {
  readonly access: Pick<BmcAccess, 'host' | 'port' | 'username' | 'password'>;
  /** Cipher suite. Without one ipmitool asks for it, which costs 10 s where a BMC ignores the question. */
  readonly suite: number;
  /** Seconds that a packet may take. It is sent twice, and a session needs several. */
  readonly packetSeconds: number;
}

export const usualPort = 623;
/** What takes longer hangs: no command of a BMC that is well needs more than a few seconds. */
const commandMs = 30_000;

function argumentsOf({ access, suite, packetSeconds }: Greeting): string[] {
  const { host, port, username } = access;
  return [
    ...['-I', 'lanplus', '-H', host, '-p', String(port ?? usualPort), '-U', username, '-E'],
    ...['-L', 'ADMINISTRATOR', '-C', String(suite), '-N', String(packetSeconds), '-R', '1'],
  ];
}

/**
 * Each start of ipmitool reads IANA's list of makers, 4.7 MB of it: 25 ms of a processor, of which 5 are for the command. It looks
 * below its home first, and this one has a list of nobody.
 */
const homeOfNobody = fileURLToPath(new URL('home/', import.meta.url));

function environment({ access }: Greeting, words: readonly string[]): NodeJS.ProcessEnv {
  const { IPMITOOL_PASSWORD: _, ...rest } = process.env;
  // `mc info` alone says who made something.
  const home = words[0] === 'mc' ? {} : { HOME: homeOfNobody };
  return { ...rest, ...home, LC_ALL: 'C', IPMI_PASSWORD: access.password };
}

/** What it said to `words`. `-v` makes it say why a session could not be had; what it says then holds no secret. */
export async function ipmitool(
  greeting: Greeting,
  words: readonly string[],
  signal: AbortSignal,
): Promise<Said> {
  const args = [...argumentsOf(greeting), '-v', ...words];
  try {
    const env = environment(greeting, words);
    const said = await exec('ipmitool', args, { env, signal, timeoutMs: commandMs });
    return { ...said, hung: false, whole: true };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isMissing(error)) throw notInstalled(error);
    if (!(error instanceof ExecError)) throw error;
    return { stdout: error.stdout, stderr: error.stderr, hung: error.code === null, whole: false };
  }
}

/** A character that no terminal sends: what follows ipmitool's own `~` at the beginning of a line would be taken from the user. */
const wayOut = '\x1f';

/** The serial console: a talk, not kept back in a buffer, that begins with ipmitool's own line "[SOL Session operational. ...]". */
export function openSol(greeting: Greeting): Duplex {
  const words = ['sol', 'activate'];
  const args = [...argumentsOf(greeting), '-v', '-e', wayOut, ...words];
  return converse('stdbuf', ['-oL', 'ipmitool', ...args], { env: environment(greeting, words) });
}

function isMissing(error: unknown): boolean {
  if (error instanceof ExecError) return error.code === 127;
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function notInstalled(cause: unknown): BmcError {
  return new BmcError('unsupported', 'The program ipmitool is not installed on this computer.', { cause });
}
