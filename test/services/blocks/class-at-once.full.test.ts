import { classAtOnce } from '../../helpers/class-at-once.ts';

describe('a class in which many press at once, by two nodes of a cluster', function () {
  this.timeout(300_000);
  classAtOnce(['galera']);
});
