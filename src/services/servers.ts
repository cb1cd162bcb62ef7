/** Servers: machines for long that groups of people get into. Part of `Services`. */
import type { Once, PageRequest } from './requests.ts';
import type * as view from './views.ts';

type Me = view.SignedIn;

export interface ServerRequest {
  readonly image: string;
  readonly name: string;
  /** Epoch milliseconds; absent: now. */
  readonly start?: number | undefined;
  /** Null or absent: it has none. */
  readonly end?: number | null | undefined;
  /** Names of groups. */
  readonly loginGroup?: string | null | undefined;
  readonly adminGroup?: string | null | undefined;
}

/** What is absent stays. */
export interface ServerChanges extends Pick<ServerRequest, 'end' | 'loginGroup' | 'adminGroup'> {
  readonly name?: string | undefined;
}

export interface ServerServices {
  /** By name: those that one has, gets into or looks after; `everybody`: all, for those who may read them. */
  listServers(
    me: Me,
    request: PageRequest & { readonly everybody?: boolean | undefined },
  ): Promise<view.Page<view.ReservationView>>;
  /** What the form offers. */
  serverChoices(me: Me): Promise<view.ServerChoicesView>;
  takeServer(me: Me, request: ServerRequest, once?: Once): Promise<view.ReservationView>;
  changeServer(me: Me, id: number, changes: ServerChanges, once?: Once): Promise<view.ReservationView>;
}
