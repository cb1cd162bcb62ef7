import { z } from 'zod';
import { invalid, LabError } from '../../domain/errors.ts';
import type { ServiceDeps } from '../deps.ts';
import type { PoolSettingView } from '../views.ts';

/** What a module can be told, with what it was told. */
export function settingsOf(
  deps: ServiceDeps,
  module: string,
  typed: Readonly<Record<string, unknown>>,
): PoolSettingView[] {
  return Object.entries(known(deps, module)).map(([name, told]) => ({
    name,
    description: told.description ?? '',
    kind:
      told.type === 'number' || told.type === 'integer' ? 'number' : told.type === 'array' ? 'list' : 'text',
    options: told.enum ?? [],
    value: typed[name] ?? told.default ?? '',
  }));
}

interface Told {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
}

function known(deps: ServiceDeps, module: string): Readonly<Record<string, Told>> {
  const schema = deps.descriptors[module]?.settings;
  if (!schema) throw invalid('module', 'There is no such module.');
  return (z.toJSONSchema(schema, { io: 'input' }) as { properties?: Record<string, Told> }).properties ?? {};
}

/** The settings as their module takes them. Throws `input.invalid` that names every one that it does not take. */
export function checkedSettings(
  deps: ServiceDeps,
  module: string,
  settings: Readonly<Record<string, unknown>>,
): object {
  const names = known(deps, module);
  const fields = new Map<string, string>();
  for (const name of Object.keys(settings))
    if (!Object.hasOwn(names, name)) fields.set(name, 'is no setting of this module.');
  const parsed = deps.descriptors[module]?.settings.safeParse(settings, { error: expected });
  for (const { path, message } of parsed?.error?.issues ?? []) {
    const name = String(path[0] ?? 'settings');
    if (!fields.has(name)) fields.set(name, /[.]$/.test(message) ? message : `${message}.`);
  }
  if (parsed?.success && fields.size === 0) return parsed.data as object;
  const detail = [...fields].map((one) => one.join(': ')).join(' ');
  throw new LabError('input.invalid', { fields: Object.fromEntries(fields), detail });
}

/** What is expected, where the module says nothing of its own. */
function expected(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type')
    return issue.expected === 'int' ? 'must be a whole number' : `must be a ${issue.expected}`;
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  return undefined;
}
