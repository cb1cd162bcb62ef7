import { describeConformance } from '../conformance.ts';
import { metalHarness } from '../shared/metal/harness.ts';

/** At one step alone each, since each start of the machine costs half a minute. */
const troubled = { aborted: ['switching on'], killed: ['writing the disk'] };

describeConformance('ipmi', metalHarness('ipmi', troubled));
