/** What can be changed: what the machine starts from, its lamp, its power. Source: DSP0266 "PATCH", "Actions"; DSP2046. */
import { z } from 'zod';
import { RedfishProblem } from './problem.ts';
import type { ServiceState } from './resources.ts';
import {
  type Boot,
  bootOf,
  deviceOf,
  enabledWords,
  modeWords,
  resetMachine,
  resetTypes,
  targetWords,
} from './words.ts';

const lamp = z.strictObject({ LocationIndicatorActive: z.boolean() });

/** Changes the lamp of the machine or its case. */
export function patchLamp(body: unknown, state: ServiceState): void {
  state.lit = parse(lamp, body).LocationIndicatorActive;
}

/** Changes the machine; all of it or nothing. */
export async function patchSystem(body: unknown, state: ServiceState): Promise<void> {
  const { machine } = state;
  const asked = parse(
    z.strictObject({
      LocationIndicatorActive: z.boolean().optional(),
      Boot: z
        .strictObject({
          BootSourceOverrideEnabled: z.enum(enabledWords).optional(),
          BootSourceOverrideTarget: z.enum(targetWords).optional(),
          BootSourceOverrideMode: z.literal(modeWords[machine.firmware]).optional(),
        })
        .optional(),
    }),
    body,
  );
  state.lit = asked.LocationIndicatorActive ?? state.lit;
  if (asked.Boot) await machine.setBoot(deviceOf(merged(await bootOf(machine), asked.Boot)));
}

type Asked = { readonly [Name in keyof Boot]?: Boot[Name] | undefined };

function merged(now: Boot, asked: Asked): Boot {
  return {
    BootSourceOverrideEnabled: asked.BootSourceOverrideEnabled ?? now.BootSourceOverrideEnabled,
    BootSourceOverrideTarget: asked.BootSourceOverrideTarget ?? now.BootSourceOverrideTarget,
    BootSourceOverrideMode: now.BootSourceOverrideMode,
  };
}

/** The action Reset. */
export async function resetSystem(body: unknown, { machine }: ServiceState): Promise<void> {
  const type = z.object({ ResetType: z.string() }).safeParse(body).data?.ResetType;
  if (type === undefined)
    throw new RedfishProblem('ActionParameterMissing', 'The action Reset requires the parameter ResetType.');
  const known = resetTypes.find((one) => one === type);
  if (!known) {
    const list = resetTypes.join(', ');
    throw new RedfishProblem('ActionParameterValueNotInList', `The parameter ResetType takes ${list}.`);
  }
  await resetMachine(machine, known);
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys';
  const sentence = z.prettifyError(parsed.error).replaceAll('\n', ' ');
  throw new RedfishProblem(unknown ? 'PropertyNotWritable' : 'PropertyValueNotInList', sentence);
}
