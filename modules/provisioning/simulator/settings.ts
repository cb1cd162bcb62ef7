import { z } from 'zod';

const failureKinds = ['retry', 'node_broken', 'unsatisfiable', 'refused', 'conflict', 'failed'] as const;

const rate = (default_: number) => z.number().min(0).max(1).default(default_);

export const simulatorSettings = z.object({
  loadSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(3)
    .describe('How long a load takes on average, in seconds.'),
  spread: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe('How much a load may differ from that, as a share of it: 0.3 is up to 30 % more or less.'),
  failureRate: rate(0).describe('The share of loads that fail, 0 to 1.'),
  failureKinds: z
    .array(z.enum(failureKinds))
    .min(1)
    .default(['retry', 'node_broken'])
    .describe('How loads fail; one of these is drawn for each.'),
  hangRate: rate(0).describe('The share of loads that never end by themselves, 0 to 1.'),
  seed: z.string().default('labrador').describe('The same word draws the same loads and failures again.'),
});
export type SimulatorSettings = z.output<typeof simulatorSettings>;
