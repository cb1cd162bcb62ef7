/** What was done, said once on the page that follows: `/reservations/7?said=extended`. Only these sentences, never the address's own. */
const sentences = {
  'signed-out': 'You are signed out.',
  changed: 'Changed.',
  waits: 'You stand in the line. You need not keep this page open: you are told.',
  extended: 'Extended.',
  shortened: 'Shortened. What you gave back can be had by others now.',
  kept: 'Kept. It stays yours until its end, connected or not.',
  'key-added': 'The key was added, and is put on your machines: on one that you use now within seconds.',
  'key-removed': 'The key was removed, from the machines you have now, too.',
  'key-going': 'The key was removed here. It is taken off your machines as soon as they answer.',
  'token-revoked': 'The token was revoked.',
  'password-changed': 'Your password was changed.',
  'email-set': 'Your e-mail address was set.',
  'zone-set': 'Your time zone was set.',
  'image-changed': 'Saved.',
  published: 'Who sees it was set.',
  commented: 'The comment was set.',
  'revision-deleted': 'The revision was deleted. For seven days it can be restored.',
  'revision-restored': 'The revision was restored.',
  'image-deleted': 'The image was deleted. For seven days it can be restored.',
  'image-restored': 'The image was restored.',
  stopping: 'It is being stopped.',
  'trying-again': 'It is being tried again.',
  announced: 'The announcement is shown on everybody’s Home.',
  saved: 'Saved.',
  'prediction-paused': 'Paused: every machine stays as it is.',
  'prediction-resumed': 'Machines are loaded ahead again.',
  'pool-added': 'The pool was added. Test it before you add nodes.',
  'schedule-removed': 'The schedule was removed: its nodes are open always.',
  'maintenance-planned': 'Planned. Its nodes follow within moments.',
  'maintenance-ended': 'Its nodes come back.',
  moved: 'Moved. Its person keeps their time.',
  'pool-removed': 'The pool was removed.',
  'person-disabled': 'Disabled: nobody comes in with this account any more.',
  'person-enabled': 'They may sign in again.',
  'person-removed': 'Removed. The history stays.',
  'group-deleted': 'The group was deleted.',
  'block-asked': 'It was asked for. Nothing is held before it is approved.',
  'block-approved': 'Approved. The seats are being held.',
  'block-rejected': 'Rejected. Who asked for it is told why.',
  'block-withdrawn': 'Withdrawn.',
  'class-told': 'Said to everybody who is there.',
  'class-extended': 'The class lasts longer. A seat whose machine cannot be kept says when it ends.',
  'class-extra': 'Set. A machine is held for it.',
  'class-ended': 'The class ends in five minutes. Everybody is told.',
  'class-goes-on': 'The class goes on. Everybody is told.',
  'class-another': 'They have another machine: it is being made ready. They are told.',
  'class-started': 'The seat is theirs. They are told.',
  'address-revoked': 'The address leads nowhere any more.',
  invited: 'What you book for later is mailed to you as an invitation.',
  'not-invited': 'You get no more invitations.',
  'course-removed': 'It is an ordinary group again.',
  withdrawn: 'The announcement was withdrawn.',
} as const;

export type Said = keyof typeof sentences;

export function saidIn(query: unknown): string | null {
  const said = (query as { said?: unknown }).said;
  return typeof said === 'string' && Object.hasOwn(sentences, said) ? sentences[said as Said] : null;
}

/** An address that says what was done when it is opened. */
export function saying(path: string, said: Said): string {
  return `${path}${path.includes('?') ? '&' : '?'}said=${said}`;
}
