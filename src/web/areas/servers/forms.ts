import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { line } from '../../input.ts';

const typed = z.string('is missing.').trim().max(300, 'Much too long.').default('');
const group = typed.transform((name) => (name === '' ? null : name));

/** Times are the person's local ones; no end: it has none. */
function fieldsOf(clock: Clock) {
  const time = typed.transform((text, context) => {
    if (text === '') return null;
    const at = clock.fromLocalInput(text);
    if (!Number.isNaN(at)) return at;
    context.addIssue({ code: 'custom', message: 'Please enter a date and a time.' });
    return z.NEVER;
  });
  return { name: line(60, 'The name'), end: time, loginGroup: group, adminGroup: group, time };
}

export function serverForm(clock: Clock) {
  const { time: _, ...fields } = fieldsOf(clock);
  return z.object(fields);
}

export function newServerForm(clock: Clock) {
  const { time, ...fields } = fieldsOf(clock);
  const start = time.transform((at) => at ?? undefined);
  return z.object({ ...fields, image: line(200, 'The environment'), start });
}
