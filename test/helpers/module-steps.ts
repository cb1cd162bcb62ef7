import type { z } from 'zod';
import type { ProvisioningModule } from '../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../src/domain/contracts/provisioning-context.ts';

/** The module as it is, telling `onStep` how far a boot is, so that a daemon can be killed in the middle of one. */
export function withSteps<Schema extends z.ZodType>(
  module: ProvisioningModule<Schema>,
  onStep: (step: string) => void = () => undefined,
): ProvisioningModule<Schema> {
  type Context = ProvisioningContext<z.output<Schema>>;
  const heard = (context: Context): Context => ({
    ...context,
    progress: (step, fraction) => {
      context.progress(step, fraction);
      onStep(`module: ${step}`);
    },
  });
  return {
    ...module,
    load: (context) => module.load(heard(context)),
    power_on: (context) => module.power_on(heard(context)),
    power_reset: (context) => module.power_reset(heard(context)),
  };
}
