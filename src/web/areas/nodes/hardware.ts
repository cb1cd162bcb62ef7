import type { Request, Response } from 'express';
import { z } from 'zod';
import { LabError } from '../../../domain/errors.ts';
import { idIn, parse } from '../../input.ts';
import { type Refusal, refusalOf } from '../../refusal.ts';
import { sendPage } from '../../render.ts';
import { saying } from '../../said.ts';
import { bodyTexts } from '../../typed.ts';
import { meOf } from '../../visit.ts';
import type { Web } from '../../web.ts';
import { HardwareForm } from './hardware-form.ts';
import { type BareMetal, hardwarePage } from './hardware-page.ts';

export async function getHardware(web: Web, req: Request, res: Response): Promise<void> {
  show(web, res, await bareMetal(web, req, res), {}, null);
}

const Form = HardwareForm.extend({ version: z.coerce.number().int() });

export async function postHardware(web: Web, req: Request, res: Response): Promise<void> {
  const node = await bareMetal(web, req, res);
  try {
    const { version, bmcPassword, ...hardware } = parse(Form, req.body);
    const secret = bmcPassword === '' ? {} : { bmcPassword };
    await web.services.setHardware(meOf(res), node.id, { ...hardware, ...secret }, version);
    res.redirect(303, saying(`/nodes/${node.id}`, 'saved'));
  } catch (error) {
    const { bmcPassword: _secret, ...over } = bodyTexts(req);
    show(web, res, node, over, refusalOf(error, res));
  }
}

async function bareMetal(web: Web, req: Request, res: Response): Promise<BareMetal> {
  const node = await web.services.inspectNode(meOf(res), idIn(req.params.id));
  if (!node.hardware) throw new LabError('not-found');
  return { ...node, hardware: node.hardware };
}

function show(
  web: Web,
  res: Response,
  node: BareMetal,
  over: Readonly<Record<string, string>>,
  refusal: Refusal | null,
): void {
  const page = hardwarePage(node, over, refusal);
  sendPage(web, res, 'nodes/hardware', { title: `BMC of ${node.name}` }, page);
}
