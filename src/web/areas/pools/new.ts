import type { Request, Response } from 'express';
import { noIdleRules } from '../../../domain/idle-rules.ts';
import type { PoolChoicesView } from '../../../services/views.ts';
import { idleRuleTexts } from '../../fields.ts';
import { parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import { saying } from '../../said.ts';
import { bodyTexts } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { PoolForm, settingsIn, type Typed, textsOf } from './form.ts';
import type { NewPoolPage } from './new-page.ts';

export async function getNew(web: Web, req: Request, res: Response): Promise<void> {
  const choices = await web.services.poolChoices(meOf(res));
  show(web, res, choices, { module: String(req.query.module ?? '') }, null);
}

export async function postNew(web: Web, req: Request, res: Response): Promise<void> {
  const me = meOf(res);
  const choices = await web.services.poolChoices(me);
  const typed = bodyTexts(req);
  const module = chosen(choices, typed.module);
  try {
    const settings = settingsIn(module.settings, typed);
    const pool = { ...parse(PoolForm, req.body), module: module.id, place: typed.place, settings };
    const id = await web.services.createPool(me, pool);
    res.redirect(303, saying(`/pools/${id}`, 'pool-added'));
  } catch (error) {
    show(web, res, choices, typed, refusalOf(error, res));
  }
}

type Module = PoolChoicesView['modules'][number];

/** The first where none of the others was asked for. */
function chosen({ modules }: PoolChoicesView, wanted: string | undefined): Module {
  const module = modules.find(({ id }) => id === wanted) ?? modules[0];
  if (!module) throw new Error('there is no provisioning module');
  return module;
}

function show(
  web: Web,
  res: Response,
  choices: PoolChoicesView,
  typed: Typed,
  refusal: Refusal | null,
): void {
  const module = chosen(choices, typed.module);
  const page: NewPoolPage = {
    ...{ refusal, differs: {}, places: choices.places, settings: module.settings },
    modules: choices.modules.map(({ id, title, simulated }) => {
      return { title, simulated, href: `/pools/new?module=${id}`, here: id === module.id };
    }),
    typed: {
      name: '',
      reach: 'none',
      ...idleRuleTexts(noIdleRules),
      ...textsOf(module.settings),
      ...typed,
      module: module.id,
    },
  };
  sendPage(web, res, 'pools/new', { title: 'Add a pool' }, page);
}
