import { classAtOnce } from '../../helpers/class-at-once.ts';

describe('a class in which many press at once', () => classAtOnce());
