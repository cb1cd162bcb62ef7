import { randomPassword } from '../../../src/lib/secrets.ts';
import { SuiteRefused } from './answers.ts';
import { type Greeting, ipmitool } from './ipmitool.ts';

/** The safest first: HMAC-SHA256 with AES, then HMAC-SHA1 with AES. No other is ever spoken; 0 asks for no password at all. */
const suites = [17, 3] as const;

/** What each BMC was found to speak, by address, for as long as this process lives; the core keeps it for longer. */
const found = new Map<string, number>();

/** The suite that a BMC was found to speak; null before that. */
export function foundSuite(address: string): number | null {
  return found.get(address) ?? null;
}

/**
 * Asks with the suite that the BMC is known to speak (`kept`: by the core), else with each until one is not refused. Throws what
 * `ask` throws; SuiteRefused when all were.
 */
export async function withSuite<T>(
  address: string,
  kept: number | null,
  ask: (suite: number) => Promise<T>,
): Promise<T> {
  const known = found.get(address) ?? kept;
  const order = [...suites].sort((a, b) => Number(b === known) - Number(a === known));
  let refusal: unknown;
  for (const suite of order) {
    try {
      const answer = await ask(suite);
      found.set(address, suite);
      return answer;
    } catch (error) {
      if (!(error instanceof SuiteRefused)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** True when the BMC lets in who has no password: suite 0, with one that nobody has. */
export async function admitsAnybody(greeting: Greeting, signal: AbortSignal): Promise<boolean> {
  const access = { ...greeting.access, password: randomPassword().slice(0, 16) };
  const said = await ipmitool({ access, suite: 0, packetSeconds: 1 }, ['raw', '0x06', '0x01'], signal);
  return /^( [0-9a-f]{2})+/.test(said.stdout);
}
