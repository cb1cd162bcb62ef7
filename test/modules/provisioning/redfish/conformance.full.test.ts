import { describeConformance } from '../conformance.ts';
import { metalHarness } from '../shared/metal/harness.ts';

/** In full alone: what is above the driver is that of `ipmi`, and drivers are held to one test on the rack's machines. */
describeConformance(
  'redfish',
  metalHarness('redfish', { aborted: ['writing the disk'], killed: ['writing the disk'] }),
);
