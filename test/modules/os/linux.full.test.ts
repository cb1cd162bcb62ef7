import { debianRevision } from '../../helpers/debian-image.ts';
import { linuxSuite } from './linux-suite.ts';

linuxSuite('debian', {
  revision: debianRevision,
  node: { diskMb: 10_240, memoryMb: 1024 },
  timeoutMs: 15 * 60_000,
});
