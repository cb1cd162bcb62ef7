/**
 * What ipmitool said, read. Its exit status is never believed: it ends with 0 where a BMC refused, and with 1 after a good answer
 * whose session could not be closed. Wording: ipmitool 1.8.18 and 1.8.19, lanplus.c, ipmi_raw.c and ipmi_strings.c.
 */
import { BmcError, type BmcFault } from '../shared/bmc/bmc-error.ts';

export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  /** It did not end in time. */
  readonly hung: boolean;
  /** It ended with 0. Of lists alone this says something: another one breaks off where an answer is missing. */
  readonly whole: boolean;
}

/** What was asked of whom, for sentences: "to switch it on". */
export interface Question {
  readonly address: string;
  readonly username: string;
  readonly what: string;
}

/** The BMC does not speak the cipher suite it was greeted with: it may speak another. */
export class SuiteRefused extends BmcError {}

/** The bytes that `raw` printed. Throws BmcError for anything else, and when they are fewer than `least`. */
export function readBytes(said: Said, question: Question, least: number): number[] {
  if (!/^(\n? [0-9a-f]{2})*\n$/.test(said.stdout)) throw faultIn(said, question);
  const bytes = said.stdout.split(/\s+/).filter((text) => text !== '');
  if (bytes.length < least) throw garbled(said, question);
  return bytes.map((text) => Number.parseInt(text, 16));
}

/** By completion code (IPMI 2.0, table 5-2); every other means that the BMC has no such function. */
const codes: Readonly<Record<string, BmcFault>> = {
  ...{ c0: 'busy', c3: 'busy', c4: 'busy', c5: 'busy', ce: 'busy' },
  ...{ d0: 'busy', d1: 'busy', d2: 'busy', d3: 'busy', d5: 'busy' },
  ...{ d4: 'auth', ff: 'nonsense' },
};

const otherSuite =
  /invalid (authentication|integrity|confidentiality) algorithm|no matching (cipher suite|authentication|integrity)|invalid role|Unsupported cipher suite|(Authentication|Integrity|Encryption) algorithm 0x\w+ is\s+not/i;
const wrongPassword =
  /RAKP 2 HMAC is invalid|unauthorized name|invalid name length|RAKP 4 message (indicates an error : invalid integrity|has invalid integrity)/i;
const noPrivilege = /unauthorized role|Set Session Privilege Level to \w+ failed/i;
const patience = /insufficient resources|Node busy|BMC initialization in progress|Out of space/i;
const noFunction = /Invalid command|Invalid data field|not supported|payload[^\n]* disabled/i;
const noName = /Address lookup for .* failed|Name or service not known/i;
const silence =
  /Unable to establish|Could not open socket|no response from RAKP|Unable to send RAW command|IPMI response is NULL/i;

/** What is wrong with an answer that is none. */
export function faultIn(said: Said, question: Question): BmcError {
  const { stdout, stderr, hung } = said;
  const text = `${stderr}\n${stdout}`;
  const { address, username, what } = question;
  const [, code = '', words = ''] = /rsp=0x([0-9a-f]{2})\)(?:: (.*))?/i.exec(text) ?? [];
  if (code !== '') return refused(question, code.toLowerCase(), words);
  if (otherSuite.test(text)) {
    const sentence = `The BMC at ${address} lets nobody in by the cipher suites 17 and 3: switch one of them on in its settings.`;
    return new SuiteRefused('unsupported', sentence, { facts: { said: printable(text) } });
  }
  if (wrongPassword.test(text)) return wrong(question);
  if (noPrivilege.test(text)) {
    const sentence = `The account ${JSON.stringify(username)} of the BMC at ${address} is no administrator of it: give it that privilege, or enter another.`;
    return new BmcError('auth', sentence);
  }
  if (patience.test(text))
    return new BmcError('busy', `The BMC at ${address} is busy and could not be asked ${what}.`);
  if (noFunction.test(text))
    return new BmcError('unsupported', `The BMC at ${address} cannot be asked ${what}.`);
  if (noName.test(text))
    return new BmcError('unreachable', `No computer is called ${address}: check the name of the BMC.`);
  if (hung || silence.test(text)) return nobody(question);
  return garbled(said, question);
}

function refused({ address, what }: Question, code: string, words: string): BmcError {
  const fault = codes[code] ?? 'unsupported';
  const said = `${printable(words) || 'no reason'} (0x${code})`;
  const sentences = {
    busy: `The BMC at ${address} was asked ${what} and wants patience: ${said}.`,
    auth: `The BMC at ${address} does not let this account ask it ${what}: ${said}. Give the account the privilege of an administrator.`,
    nonsense: `The BMC at ${address} was asked ${what} and could not: ${said}. Restart the BMC if it stays so.`,
    unsupported: `The BMC at ${address} refused ${what}: ${said}.`,
    unreachable: '',
  };
  return new BmcError(fault, sentences[fault], { facts: { completionCode: code } });
}

function wrong({ address, username }: Question): BmcError {
  return new BmcError(
    'auth',
    `The BMC at ${address} refused the name ${JSON.stringify(username)} or its password: correct them. It was asked once and is not asked again, since many lock the account after a few tries.`,
  );
}

function nobody({ address }: Question): BmcError {
  return new BmcError(
    'unreachable',
    `No BMC answers IPMI at ${address}: check that this is the address of the BMC, not of the machine or of something else, that its network works, and that IPMI over LAN is switched on in it.`,
  );
}

function garbled(said: Said, { address, what }: Question): BmcError {
  const words = printable(said.stderr.trim() || said.stdout.trim()) || 'nothing';
  return new BmcError(
    'nonsense',
    `The BMC at ${address} was asked ${what} and answered what cannot be understood: ${words}`,
  );
}

/** A BMC's words, fit for one line of a page. */
function printable(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(-200);
}

/** The lines that a list printed. Throws BmcError when it broke off: half a list is none. */
export function readLines(said: Said, question: Question): string[] {
  const lines = said.stdout.split('\n').filter((line) => line.trim() !== '');
  if (!said.whole) throw faultIn(said, question);
  return lines;
}
