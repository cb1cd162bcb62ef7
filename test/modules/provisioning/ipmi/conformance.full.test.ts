import { describeConformance } from '../conformance.ts';
import { metalHarness } from '../shared/metal/harness.ts';

describeConformance('ipmi, at every step', metalHarness('ipmi'));
