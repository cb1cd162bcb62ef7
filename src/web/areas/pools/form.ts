/** The form that a module's settings make: as text, by name. */
import { z } from 'zod';
import { reaches } from '../../../domain/contracts/facts.ts';
import type { PoolSettingView } from '../../../services/views.ts';
import { idleRulesTyped } from '../../fields.ts';
import { line } from '../../input.ts';

/** What was typed, or what is, by name. */
export type Typed = Readonly<Record<string, string>>;

export const PoolForm = z.object({
  name: line(60, 'The name'),
  reach: z.enum(reaches, 'must be one of these.'),
  ...idleRulesTyped,
});

/** The values of settings as a form shows them. */
export function textsOf(settings: readonly PoolSettingView[]): Typed {
  const texts = settings.map(({ name, value }) => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value),
  ]);
  return Object.fromEntries(texts) as Typed;
}

export function settingsIn(
  settings: readonly PoolSettingView[],
  typed: Typed,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(settings.map((one) => [one.name, settingIn(one, typed[one.name])]));
}

/** What is no number stays what was typed: the module's schema refuses it by name. */
function settingIn({ kind, value }: PoolSettingView, typed: string | undefined): unknown {
  if (typed === undefined) return value;
  const text = typed.trim();
  if (kind === 'list') return text.split(/[\s,]+/).filter(Boolean);
  return kind === 'number' && text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
