/** What `ipmi` and `redfish` are: one module for machines of bare metal, whatever protocol their BMCs speak. */
import type { z } from 'zod';
import type { BmcAccess } from '../../../../src/domain/contracts/facts.ts';
import {
  defineProvisioning,
  type ProvisioningModule,
} from '../../../../src/domain/contracts/provisioning.ts';
import type {
  PoolContext,
  ProvisioningContext,
} from '../../../../src/domain/contracts/provisioning-context.ts';
import type { Bmc } from '../bmc/bmc.ts';
import { guardBmc } from '../bmc/guard-bmc.ts';
import { readImageFile } from '../image-file.ts';
import { wantedRevision } from '../wanted-revision.ts';
import { list_artefacts, remove_artefact } from './artefacts.ts';
import { capture } from './capture/capture.ts';
import { check_pool, type Programs } from './check-pool.ts';
import { clean } from './clean.ts';
import { consoleOf } from './console.ts';
import { checkNetwork } from './imaging-network/check-network.ts';
import { inspect } from './inspect.ts';
import { list_seen } from './list-seen.ts';
import { load } from './load.ts';
import { type Metal, metalFormats, needHardware } from './metal.ts';
import { power_off, power_on, power_reset, power_status } from './power.ts';
import type { MetalSettings } from './settings.ts';
import { spacePowerOn } from './space-power-on.ts';
import { get_current_image, node_status } from './status.ts';
import { unload } from './unload.ts';
import { audit_bmc, look_at_bmc } from './watch-bmc.ts';

/** As long as IPMI lights it without being asked again (IPMI 2.0, 28.5). */
const lampSeconds = 255;

export interface MetalKind<Schema extends z.ZodType<MetalSettings>> {
  readonly id: string;
  readonly title: string;
  readonly settings: Schema;
  /** What its driver needs besides. */
  readonly programs: Programs;
  /** Its driver, for one machine's BMC. */
  bmc(access: BmcAccess, settings: z.output<Schema>): Bmc;
}

export function defineMetal<Schema extends z.ZodType<MetalSettings>>(
  kind: MetalKind<Schema>,
): ProvisioningModule<Schema> {
  type Context = ProvisioningContext<z.output<Schema>>;
  const bmcOf = ({ settings, directory }: PoolContext<z.output<Schema>>, access: BmcAccess) => {
    const guarding = { ...access, intervalMs: settings.intervalSeconds * 1000 };
    return spacePowerOn(guardBmc(kind.bmc(access, settings), guarding), directory, settings.powerOnSeconds);
  };

  /** Everything that is done to a machine needs its hardware, and begins by looking whether it is still wanted. */
  const onMachine =
    <Rest extends readonly unknown[], Result>(work: (metal: Metal, ...rest: Rest) => Promise<Result>) =>
    async (context: Context, ...rest: Rest): Promise<Result> => {
      context.signal.throwIfAborted();
      const hardware = needHardware(context);
      return await work({ context, hardware, bmc: bmcOf(context, hardware.bmc) }, ...rest);
    };

  return defineProvisioning<Schema>({
    id: kind.id,
    title: kind.title,
    settings: kind.settings,
    formats: metalFormats,
    bareMetal: true,
    ownDisks: ({ loading }) => loading === 'disk',
    loadsAtOnce: ({ loadsAtOnce }) => (loadsAtOnce === 0 ? null : loadsAtOnce),
    estimates: { loadSeconds: ({ init }) => (init === 'busybox' ? 120 : 600), reclaimSeconds: 120 },

    node_status: onMachine(node_status),
    load: onMachine(load),
    power_status: onMachine(power_status),
    power_on: onMachine(power_on),
    power_off: onMachine(power_off),
    power_reset: onMachine(power_reset),
    get_current_image: onMachine(get_current_image),
    cleanSeconds: ({ cleanSeconds }) => cleanSeconds,
    clean: onMachine(clean),
    unload: onMachine(unload),
    greet_bmc: onMachine(({ bmc, context }) => bmc.info(context.signal)),
    identify: onMachine(({ bmc, context }) => bmc.identify(lampSeconds, context.signal)),
    audit_bmc: onMachine(audit_bmc),
    look_at_bmc: onMachine(look_at_bmc),
    bmcPolicy: ({ lookSeconds, power }) => ({ everySeconds: lookSeconds, power }),
    capture: onMachine(capture),
    user_endpoint: onMachine(async ({ hardware }) => hardware.endpoint),
    console: onMachine(consoleOf),
    check_pool: (context) => check_pool(context, kind.programs, (access) => bmcOf(context, access)),
    check_network: checkNetwork,
    networkSeconds: ({ networkSeconds }) => networkSeconds,
    inspect: onMachine(inspect),
    list_seen,
    list_artefacts,
    remove_artefact,

    async get_image_size(context) {
      context.signal.throwIfAborted();
      return (await readImageFile(wantedRevision(context, metalFormats))).sizeBytes;
    },
  });
}
