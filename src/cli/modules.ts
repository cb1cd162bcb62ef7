import { os } from '../../modules/os/registry.ts';
import { predictive } from '../../modules/predictive/registry.ts';
import { provisioning } from '../../modules/provisioning/registry.ts';
import { states } from '../../modules/state/registry.ts';

/** Everything replaceable, as the registries list it. */
export const modules = { provisioning, os, states, predictive };
