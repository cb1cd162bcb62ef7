/** What services answer with: plain values for pages and the API. Times are epoch milliseconds, never rows, never secrets. */

export type * from './views/budgets.ts';
export type * from './views/calendar.ts';
export type * from './views/closings.ts';
export type * from './views/discovered.ts';
export type * from './views/fleet.ts';
export type * from './views/home.ts';
export type * from './views/images.ts';
export type * from './views/loads.ts';
export type * from './views/paging.ts';
export type * from './views/people.ts';
export type * from './views/pools.ts';
export type * from './views/prediction.ts';
export type * from './views/reservations.ts';
export type * from './views/servers.ts';
export type * from './views/timeline.ts';
export type * from './views/waiting.ts';
