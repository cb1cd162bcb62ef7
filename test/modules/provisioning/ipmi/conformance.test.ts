import { describeConformance } from '../conformance.ts';
import { metalHarness } from '../shared/metal/harness.ts';

/** At one step alone, since each costs a start of the machine. */
describeConformance('ipmi', metalHarness('ipmi', ['writing the disk']));
