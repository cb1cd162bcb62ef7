import { describeConformance } from '../../conformance.ts';
import { metalHarness } from './harness.ts';

describeConformance(
  'ipmi, disks on the server',
  metalHarness('ipmi', { aborted: ['connecting its disk'], killed: ['connecting its disk'] }, 'netroot'),
);
