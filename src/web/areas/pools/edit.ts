import type { Request, Response } from 'express';
import { z } from 'zod';
import type { PoolSettingsView, PoolSettingView } from '../../../services/views.ts';
import { idIn, line, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import { saying } from '../../said.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';

export async function getPool(web: Web, req: Request, res: Response): Promise<void> {
  const pool = await web.services.poolSettings(meOf(res), idIn(req.params.id));
  show(web, res, pool, {}, null);
}

const Form = z.object({
  name: line(60, 'The name'),
  reach: z.enum(['none', 'web', 'everything'], 'must be one of these.'),
  version: z.coerce.number().int(),
});

export async function postPool(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const pool = await web.services.poolSettings(me, idIn(req.params.id));
  const body = (req.body ?? {}) as Record<string, unknown>;
  const texts = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]));
  try {
    const settings = Object.fromEntries(
      pool.settings.map((one) => [one.name, settingIn(one, texts[one.name])]),
    );
    await web.services.editPool(me, pool.id, { ...parse(Form, body), settings });
    res.redirect(303, saying('/pools', 'saved'));
  } catch (error) {
    show(web, res, pool, texts, refusalOf(error, res));
  }
}

/** What is no number stays what was typed: the module's schema refuses it by name. */
function settingIn({ kind, value }: PoolSettingView, typed: string | undefined): unknown {
  if (typed === undefined) return value;
  const text = typed.trim();
  if (kind === 'list') return text.split(/[\s,]+/).filter(Boolean);
  return kind === 'number' && text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function show(
  web: Web,
  res: Response,
  pool: PoolSettingsView,
  over: Readonly<Record<string, string>>,
  refusal: Refusal | null,
): void {
  const now = pool.settings.map(({ name, value }) => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value),
  ]);
  const typed = { name: pool.name, reach: pool.reach, ...Object.fromEntries(now), ...over };
  sendPage(web, res, 'pools/edit', { title: pool.name }, { pool, typed, refusal });
}
