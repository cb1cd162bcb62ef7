import type { Reach } from '../../../domain/contracts/facts.ts';
import type { ConnectionView, ConnectMethodView } from '../../../services/views.ts';

/** How to get in, once the way is open. */
export interface ConnectPanel {
  readonly methods: readonly ConnectMethodView[];
  readonly reach: string | null;
  readonly notes: string;
  readonly keys: string;
}

const reaches: Readonly<Record<Reach, string>> = {
  none: 'This machine reaches nothing outside itself.',
  web: 'This machine reaches the web (http and https), and nothing else.',
  everything: 'This machine reaches everything its network reaches.',
};

const togetherReach: Readonly<Record<Reach, string>> = {
  none: 'These machines reach one another, and nothing else.',
  web: 'These machines reach one another and the web (http and https), and nothing else.',
  everything: 'These machines reach one another, and everything that their network reaches.',
};

/** `several`: machines that are had together. */
export function reachSentence(reach: Reach | null, several: boolean): string | null {
  return reach === null ? null : (several ? togetherReach : reaches)[reach];
}

export function connectPanel({ methods, reach, notes, sshKeys }: ConnectionView): ConnectPanel {
  const several = methods.some(({ machine }) => machine !== null);
  return { methods, reach: reachSentence(reach, several), notes, keys: keysSentence(sshKeys) };
}

function keysSentence(count: number): string {
  if (count === 0) return 'Add an SSH key to your account, and you need no password.';
  return count === 1
    ? 'Your SSH key is on the machine too.'
    : `Your ${count} SSH keys are on the machine too.`;
}
