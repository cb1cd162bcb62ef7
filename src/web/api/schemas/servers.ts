/** Servers: reservations for long that groups of people get into. */
import { z } from 'zod';
import { bodyOf, flag, PageQuery, timeIn } from './common.ts';

const text = z.string('must be text.').max(200, 'At most 200 characters.');
const group = text.nullable().optional();
const end = timeIn.nullable().optional();

export const ServersQuery = PageQuery.extend({
  everybody: flag.optional().describe('For administrators: not only those that they get into.'),
});

const who = {
  end: end.describe('Null: it has none, and is carried forward.'),
  loginGroup: group.describe('Name of the group whose people get in, each with an account of their own.'),
  adminGroup: group.describe('The same; they may become root, and change, extend, restart and end it.'),
};

export const ServerBody = bodyOf({
  image: text.min(1, 'must be the name of an image, such as "tiny".'),
  name: text.describe('What people call it.'),
  start: timeIn.optional().describe('Absent: now.'),
  ...who,
});

export const ServerChangesBody = bodyOf({ name: text.optional(), ...who });
