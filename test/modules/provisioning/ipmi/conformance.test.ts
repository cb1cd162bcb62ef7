import { describeConformance } from '../conformance.ts';
import { metalHarness } from '../shared/metal/harness.ts';

/** At one step alone, since each start of the machine costs half a minute; its kills are in the full tests and in kills.test.ts. */
const troubled = { aborted: ['switching on'], killed: [] };

describeConformance('ipmi', metalHarness('ipmi', troubled));
