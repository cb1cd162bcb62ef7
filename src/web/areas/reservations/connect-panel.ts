import type { Reach } from '../../../domain/contracts/facts.ts';
import type { ConnectionView, ConnectMethodView } from '../../../services/views.ts';

/** How to get in, once the way is open. */
export interface ConnectPanel {
  readonly methods: readonly ConnectMethodView[];
  readonly reach: string;
  readonly notes: string;
  readonly keys: string;
}

const reaches: Readonly<Record<Reach, string>> = {
  none: 'This machine reaches nothing outside itself.',
  web: 'This machine reaches the web (http and https), and nothing else.',
  everything: 'This machine reaches everything its network reaches.',
};

export function reachSentence(reach: Reach | null): string | null {
  return reach === null ? null : reaches[reach];
}

export function connectPanel({ methods, reach, notes, sshKeys }: ConnectionView): ConnectPanel {
  return { methods, reach: reaches[reach], notes, keys: keysSentence(sshKeys) };
}

function keysSentence(count: number): string {
  if (count === 0) return 'Add an SSH key to your account, and you need no password.';
  return count === 1
    ? 'Your SSH key is on the machine too.'
    : `Your ${count} SSH keys are on the machine too.`;
}
