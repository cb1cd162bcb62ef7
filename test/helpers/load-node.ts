/**
 * A process of its own that loads one node, for tests that kill it: reads what to load as JSON, prints each step and then
 * what the load answered, and stays.
 */
import { readFileSync } from 'node:fs';
import { type ProvisioningId, provisioning } from '../../modules/provisioning/registry.ts';
import { silentLog } from './module-context.ts';

const { module, ...context } = JSON.parse(readFileSync(0, 'utf8'));
const loaded = await provisioning[module as ProvisioningId].load({
  ...context,
  signal: new AbortController().signal,
  os: null,
  osAt: null,
  log: silentLog,
  progress: (step: string) => console.log(`step ${step}`),
});
console.log(`loaded ${JSON.stringify(loaded)}`);
setInterval(() => undefined, 1000);
