import type { Request, Response } from 'express';
import { z } from 'zod';
import type { NewNodesRequest } from '../../../services/services.ts';
import type { NewNodeView } from '../../../services/views.ts';
import { line, parse } from '../../input.ts';
import { refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import { bodyTexts } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import type { AddNodesPage } from './add-page.ts';
import { filledIn, HardwareForm, hardwareFields } from './hardware-form.ts';

const mostShown = 500;
const number = (what: string) =>
  z.coerce.number(`${what} must be a number.`).int(`${what} must be a whole number.`);
const optional = z.union([
  z.literal('').transform(() => undefined),
  z.coerce.number('must be a number.').int().min(0),
]);
const Form = z.object({
  pool: line(100, 'The pool'),
  image: line(100, 'The image'),
  pattern: z.string().trim().max(100, 'At most 100 characters.').default(''),
  ...{ from: optional.optional(), to: optional.optional() },
  mac: z.string().trim().max(20, 'At most 20 characters.').default(''),
  csv: z.string().default(''),
  commission: z.literal('1').optional(),
  ...{ cpus: number('CPUs'), memoryMb: number('Memory'), diskMb: number('Disk') },
});

const follow = 'the next ones follow, or % for the name of each';
const forMany = {
  bmcHost: follow,
  address: follow,
  bmcPassword: 'the same for all; a table may have one for each',
};
const usual = { cpus: '1', memoryMb: '1024', diskMb: '10240' };

/** `?pool=rack&mac=...`: the form is filled in with what is known of a discovered machine. */
const known = ['pool', 'mac'] as const;

export async function getAdd(web: Web, req: Request, res: Response): Promise<void> {
  const told = known.flatMap((name) => (req.query[name] ? [[name, String(req.query[name])]] : []));
  const first = told.length > 0 ? { commission: '1' } : {};
  const typed = { ...usual, ...first, ...(Object.fromEntries(told) as Record<string, string>) };
  await show(web, res, typed, { rows: [], done: false, refusal: null });
}

/** First what it would do; with `confirm` it is done. */
export async function postAdd(web: Web, req: Request, res: Response): Promise<void> {
  const typed = bodyTexts(req);
  try {
    const hardware = filledIn(parse(HardwareForm, req.body));
    const { commission, ...form } = parse(Form, req.body);
    const request: NewNodesRequest = { ...form, hardware, commission: commission === '1' };
    const done = typed.confirm === '1';
    const rows = await web.services[done ? 'addNewNodes' : 'planNodes'](meOf(res), request);
    await show(web, res, typed, { rows, done, refusal: null });
  } catch (error) {
    await show(web, res, typed, { rows: [], done: false, refusal: refusalOf(error, res) });
  }
}

type Shown = Pick<AddNodesPage, 'rows' | 'done' | 'refusal'>;

async function show(web: Web, res: Response, typed: Record<string, string>, shown: Shown): Promise<void> {
  const me = meOf(res);
  const pools = await web.services.listPools(me, { limit: 1000 });
  const images = await web.services.listImages(me);
  const wrong = (row: NewNodeView) => (row.problems.length > 0 ? 0 : 1);
  const page: AddNodesPage = {
    ...{ typed, done: shown.done, refusal: shown.refusal },
    pools: pools.items.map(({ name }) => name),
    images: images.map(({ name }) => name),
    hardware: pools.items.some(({ bareMetal }) => bareMetal) ? hardwareFields(forMany) : [],
    rows: shown.rows.toSorted((a, b) => wrong(a) - wrong(b)).slice(0, mostShown),
    total: shown.rows.length,
    fine: shown.rows.filter(({ problems }) => problems.length === 0).length,
  };
  sendPage(web, res, 'nodes/add', { title: 'Add nodes', scripts: ['js/file-into.js'] }, page);
}
