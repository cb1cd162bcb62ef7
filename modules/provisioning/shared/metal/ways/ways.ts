import type { LoadRecord } from '../load-record.ts';
import { diskWay } from './disk-way.ts';
import { netrootWay } from './netroot-way.ts';
import type { Way } from './way.ts';

export const ways: Readonly<Record<LoadRecord['way'], Way>> = { disk: diskWay, netroot: netrootWay };
