import type { Response } from 'express';
import { z } from 'zod';
import type { MemberChanges } from '../../../services/people.ts';
import type { MemberReport } from '../../../services/people-views.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import type { Handler } from '../../route.ts';
import { bodyText } from '../../typed.ts';
import type { Web } from '../../web.ts';
import { chosen } from './forms.ts';

/** Logins between spaces, commas or lines. */
export const logins = z
  .string('is missing.')
  .default('')
  .transform((typed) => typed.split(/[\s,;]+/).filter((name) => name !== ''));

const MembersForm = z.object({ add: logins, remove: chosen });

/** What the page of a group or a course says of its people's last change. */
export interface MembersOver {
  readonly reports?: readonly MemberReport[];
  /** Logins that were typed and could not be added. */
  readonly typed?: string;
  readonly refusal?: Refusal;
  readonly refused?: 'members';
}

export interface Members {
  change(web: Web, res: Response, id: number, changes: MemberChanges): Promise<readonly MemberReport[]>;
  show(web: Web, res: Response, id: number, over: MembersOver): Promise<void>;
}

/** Changes who is in it; what became of each is said on the page that follows. */
export function postMembers({ change, show }: Members): Handler {
  return async (web, req, res) => {
    const id = idIn(req.params.id);
    try {
      const { add, remove } = parse(MembersForm, req.body);
      const reports = await change(web, res, id, { add, remove });
      const typed = reports.filter(({ done, name }) => !done && add.includes(name)).map(({ name }) => name);
      await show(web, res, id, { reports, typed: typed.join('\n') });
    } catch (error) {
      const typed = bodyText(req, 'add', 1_000_000);
      await show(web, res, id, { refusal: refusalOf(error, res), refused: 'members', typed });
    }
  };
}
