import { tinyRevision } from '../../helpers/tiny-image.ts';
import { linuxSuite } from './linux-suite.ts';

linuxSuite('tiny', {
  revision: tinyRevision,
  node: { diskMb: 2048, memoryMb: 256 },
  timeoutMs: 180_000,
});
