/** Services without a database, for rendering pages: each test says what they answer. */

import { EventEmitter, once } from 'node:events';
import { invalid, LabError } from '../../src/domain/errors.ts';
import { noIdleRules } from '../../src/domain/idle-rules.ts';
import { may } from '../../src/domain/may.ts';
import type { PoolServices } from '../../src/services/pool-services.ts';
import type { Services } from '../../src/services/services.ts';
import type { ReservationView, SignedIn, Verdict, WaitingView } from '../../src/services/views.ts';
import { administering } from './fake-administration.ts';
import { blocking } from './fake-blocks.ts';
import { calendars } from './fake-calendars.ts';
import { fakeClosings } from './fake-closings.ts';
import { teaching } from './fake-courses.ts';
import { loading } from './fake-loads.ts';
import { peopling } from './fake-people.ts';
import { fakePrediction } from './fake-prediction.ts';
import { fakeServers } from './fake-servers.ts';
import { fakeTimeline } from './fake-timeline.ts';
import { fakeWaiting } from './fake-waiting.ts';
import { budgets } from './sample-courses.ts';
import * as sample from './sample-views.ts';

/** Sessions and tokens by who has them. */
const people: Readonly<Record<string, SignedIn>> = {
  'student-session-secret': sample.student,
  'admin-session-secret': sample.administrator,
  'image-admin-session-secret': { ...sample.student, id: 2, name: 'imageadmin', role: 'image-admin' },
  'instructor-session-secret': { ...sample.student, id: 6, name: 'ada', courseIds: [2] },
  'new-session-secret': { ...sample.student, mustChangePassword: true },
};

/** Reservations by id; `changed` wakes those who watch. */
export class FakeLab {
  readonly reservations = new Map<number, ReservationView>();
  readonly asked: string[] = [];
  waiting: readonly WaitingView[] = [];
  servers: readonly ReservationView[] = [];
  connected = false;
  readonly #watching = new Set<() => void>();
  readonly #left = new EventEmitter();

  put(...all: ReservationView[]): void {
    for (const one of all) this.reservations.set(one.id, one);
    for (const changed of this.#watching) changed();
  }

  find(me: SignedIn, id: number): ReservationView {
    const found = this.reservations.get(id);
    if (found === undefined || !may(me, 'reservation.read', { ownerId: found.user.id }))
      throw new LabError('not-found');
    return found;
  }

  of(me: SignedIn): ReservationView[] {
    return [...this.reservations.values()].filter(({ user }) => user.id === me.id);
  }

  /** Resolves when every stream that was opened has stopped watching. */
  async nobodyWatches(): Promise<void> {
    while (this.#watching.size > 0) await once(this.#left, 'left');
  }

  watch(changed: () => void): () => void {
    this.#watching.add(changed);
    return () => {
      this.#watching.delete(changed);
      this.#left.emit('left');
    };
  }
}

/** Services over a lab of plain values; `over` replaces some of them. */
export function fakeServices(lab: FakeLab, over: Partial<Services> = {}): Services {
  return {
    ...signingIn(),
    ...looking(lab),
    ...doing(lab),
    ...imaging(lab),
    ...governing(lab),
    ...loading(),
    ...fakeClosings(),
    ...administering(lab.asked),
    ...peopling(lab.asked),
    ...teaching(lab.asked),
    ...blocking(lab.asked),
    ...fakeTimeline(lab.asked),
    ...fakeWaiting(lab),
    ...fakePrediction(),
    ...fakeServers(lab),
    ...calendars(lab.asked),
    ...ownAccount(),
    ...over,
  };
}

type Part<Names extends keyof Services> = Pick<Services, Names>;

function signingIn(): Part<'signIn' | 'signInByLink' | 'signOut' | 'whoHasSession' | 'whoHasToken'> {
  return {
    async signIn({ name, password }) {
      if (name !== 'student' || password !== 'right password') throw new LabError('sign-in.wrong');
      return { session: 'student-session-secret', me: sample.student };
    },
    async signInByLink(link) {
      if (link !== 'fresh-link') throw new LabError('sign-in.link-used');
      return { session: 'student-session-secret', me: sample.student };
    },
    signOut: async () => {},
    whoHasSession: async (session) => people[session] ?? null,
    whoHasToken: async (token) => people[token] ?? null,
  };
}

function looking(
  lab: FakeLab,
): Part<
  | 'home'
  | 'ownMachines'
  | 'listImages'
  | 'getImage'
  | 'verdict'
  | 'findTimes'
  | 'getReservation'
  | 'listReservations'
  | 'findReservations'
  | 'history'
  | 'watchHome'
  | 'watchReservation'
> {
  return {
    home: async (me) => ({
      ...{ reservations: lab.of(me), waiting: lab.waiting, servers: lab.servers, notices: [] },
      again: sample.images.slice(0, 3),
      budgets,
      announcements: sample.announcements,
    }),
    ownMachines: async (me) => ({
      reservations: lab.of(me),
      waiting: lab.waiting,
      servers: lab.servers,
      notices: [],
    }),
    listImages: async (_me, request) => {
      const wanted = request?.search?.toLowerCase() ?? '';
      return sample.images.filter(({ title }) => title.toLowerCase().includes(wanted));
    },
    async getImage(_me, name) {
      const found = sample.images.find((one) => one.name === name);
      if (found === undefined)
        throw new LabError('image.unknown', { fields: { image: 'There is no such environment.' } });
      return found;
    },
    verdict: async (_me, { minutes }) => verdictOn(Number(minutes)),
    findTimes: async (_me, { image, minutes, count = 1, starts }) => ({
      ...{ image, title: 'Tiny', minutes, count, machines: 4, earliest: [sample.now + 3_600_000] },
      slots: starts.map((start, place) => ({
        ...{ start, free: place % 5 },
        why: place < 3 ? 'past' : place > 150 ? 'far' : place === 40 ? 'limit' : null,
      })),
    }),
    getReservation: async (me, id) => lab.find(me, id),
    listReservations: async (me, { everybody }) => ({
      items: [...lab.reservations.values()].filter(({ user }) => everybody || user.id === me.id),
      next: null,
    }),
    findReservations: async (me, { filter, offset }) => {
      const all = may(me, 'reservation.read');
      const items = [...lab.reservations.values()].filter(
        ({ user, image }) => (all || user.id === me.id) && (!filter.image || filter.image === image.name),
      );
      const states = [{ state: 'live' as const, count: items.length }];
      return { items: items.slice(offset), total: items.length, states, pools: all ? ['qemu'] : [] };
    },
    history: async (_me, _id, after = 0) => sample.history.filter(({ id }) => id > after),
    watchHome: async (_me, changed) => lab.watch(changed),
    watchReservation: async (me, id, changed) => {
      lab.find(me, id);
      return lab.watch(changed);
    },
  };
}

function verdictOn(minutes: number): Verdict {
  const possible = minutes <= 240;
  const alternatives = possible
    ? []
    : [{ kind: 'minutes' as const, label: '4 h instead, now', minutes: 240 }];
  return {
    possible,
    text: possible ? 'Ready in about 3 s' : 'That is longer than your group allows.',
    readyAt: null,
    end: sample.now + minutes * 60_000,
    alternatives,
    fields: {},
    ...{ code: possible ? null : ('reservation.limit-length' as const), free: 3, machines: 4 },
    costs: { course: 'students', minutes, leftMinutes: 1110 },
  };
}

function doing(
  lab: FakeLab,
): Part<
  | 'reserve'
  | 'connect'
  | 'connection'
  | 'extension'
  | 'changeBooking'
  | 'changeVerdict'
  | 'extend'
  | 'shorten'
  | 'keep'
  | 'reboot'
  | 'reinstall'
  | 'startMachine'
  | 'takeAnother'
  | 'endReservation'
  | 'dismissNotice'
  | 'ticket'
  | 'consoleTicket'
  | 'gatewaysFor'
> {
  const act = (name: string) => async (me: SignedIn, id: number) => {
    lab.asked.push(`${name} ${id}`);
    return lab.find(me, id);
  };
  return {
    async reserve(_me, { image, minutes, start }) {
      lab.asked.push(`reserve ${image} ${minutes} ${start ?? 'now'}`);
      if (image === 'unknown')
        throw new LabError('image.unknown', { fields: { image: 'There is no such environment.' } });
      if (minutes > 240) {
        const alternatives = [
          { kind: 'start' as const, label: 'Tomorrow at 09:00', start: sample.now + 86_400_000 },
        ];
        throw new LabError('reservation.no-machine', { alternatives });
      }
      lab.put(sample.loading);
      return sample.loading;
    },
    async connect(_me, id) {
      lab.asked.push(`connect ${id}`);
      lab.connected = true;
      return sample.connection;
    },
    async connection() {
      if (!lab.connected) throw new LabError('reservation.not-connected');
      return sample.connection;
    },
    async changeBooking(me, id, { image, start, minutes }) {
      lab.asked.push(`change ${id} ${image ?? ''} ${start ?? ''} ${minutes ?? ''}`);
      if ((minutes ?? 0) > 240) throw new LabError('reservation.no-machine');
      return lab.find(me, id);
    },
    changeVerdict: async (_me, _id, { minutes = 0 }) => verdictOn(minutes),
    extension: async () => sample.extension,
    async extend(me, id, minutes) {
      lab.asked.push(`extend ${id} ${minutes}`);
      if (minutes > 60) throw new LabError('reservation.extend-limit');
      return lab.find(me, id);
    },
    async shorten(me, id, minutes) {
      lab.asked.push(`shorten ${id} ${minutes}`);
      return lab.find(me, id);
    },
    keep: act('keep'),
    reboot: act('reboot'),
    reinstall: act('reinstall'),
    startMachine: act('start'),
    takeAnother: act('another'),
    async endReservation(me, id) {
      lab.asked.push(`end ${id}`);
      lab.put({ ...lab.find(me, id), ...sample.ended, id });
      return lab.find(me, id);
    },
    dismissNotice: async (_me, id) => void lab.asked.push(`dismiss ${id}`),
    ticket: async (_me, _id, purpose) => {
      if (!lab.connected && purpose !== 'console') throw new LabError('reservation.not-connected');
      return `${purpose}-ticket`;
    },
    consoleTicket: async (_me, id) => {
      if (id !== 2) throw new LabError('reservation.no-console');
      return 'console-ticket';
    },
    gatewaysFor: async () => [],
  };
}

function imaging(
  lab: FakeLab,
): Part<
  | 'capture'
  | 'retryCapture'
  | 'giveUpCapture'
  | 'listLibrary'
  | 'watchImage'
  | 'imageProperties'
  | 'editImage'
  | 'publishImage'
  | 'removeImage'
  | 'restoreImage'
  | 'listGroupNames'
  | 'listRevisions'
  | 'commentRevision'
  | 'makeProduction'
  | 'removeRevision'
  | 'restoreRevision'
> {
  const managed = async (me: SignedIn, name: string) => {
    if (me.role === 'user') throw new LabError('not-allowed');
    if (name !== 'tiny') throw new LabError('not-found');
  };
  const act = (name: string) => async (me: SignedIn, id: number) => {
    lab.asked.push(`${name} ${id}`);
    return lab.find(me, id);
  };
  const change = (name: string) => async (me: SignedIn, image: string, about?: unknown) => {
    await managed(me, image);
    lab.asked.push(`${name} ${image} ${JSON.stringify(about)}`);
  };
  return {
    async capture(me, id, request) {
      if (me.role === 'user') throw new LabError('not-allowed');
      lab.asked.push(`capture ${id} ${JSON.stringify(request)}`);
      const name = request.name ?? 'physics-lab';
      return {
        reservationId: lab.find(me, id).id,
        taskId: 9,
        image: { id: 5, name, title: name },
        revision: 1,
      };
    },
    retryCapture: act('retry-capture'),
    giveUpCapture: act('give-up-capture'),
    async listLibrary(me, { search = '' }) {
      if (me.role === 'user') throw new LabError('not-allowed');
      const items = sample.library.filter(({ title }) => title.toLowerCase().includes(search.toLowerCase()));
      return {
        items,
        next: null,
        found: items.length,
        bytes: items.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    },
    async watchImage(me, name, changed) {
      await managed(me, name);
      return lab.watch(changed);
    },
    async imageProperties(me, name) {
      await managed(me, name);
      return sample.properties;
    },
    editImage: change('edit'),
    publishImage: change('publish'),
    removeImage: change('remove'),
    restoreImage: change('restore'),
    listGroupNames: async () => [{ id: 1, name: 'students' }],
    async listRevisions(me, name) {
      await managed(me, name);
      return [...sample.revisions];
    },
    commentRevision: change('comment'),
    async makeProduction(me, name, number) {
      await change('production')(me, name, number);
      return { taskId: 10 };
    },
    removeRevision: change('remove-revision'),
    restoreRevision: change('restore-revision'),
  };
}

function governing(
  lab: FakeLab,
): Part<
  | 'listNodes'
  | 'findNodes'
  | 'listDiscovered'
  | 'watchDiscovered'
  | 'ignoreMachine'
  | 'planNodes'
  | 'addNewNodes'
  | keyof PoolServices
  | 'inspectNode'
  | 'setHardware'
  | 'previewOrder'
  | 'orderNode'
  | 'followOrders'
  | 'watchNode'
  | 'watchOrders'
  | 'getNode'
  | 'attention'
  | 'countAttention'
  | 'watchAttention'
  | 'retryAttention'
  | 'listAnnouncements'
  | 'announce'
  | 'withdrawAnnouncement'
  | 'health'
> {
  return {
    listNodes: async () => ({ items: sample.nodes, next: null }),
    async findNodes(_me, { filter, offset, limit }) {
      const items = sample.nodes.filter(
        ({ state, name }) => (!filter.state || state === filter.state) && name.includes(filter.search ?? ''),
      );
      const states = sample.nodes.map(({ state }) => ({ state, count: 1 }));
      return {
        items: items.slice(offset, offset + limit),
        total: items.length,
        states,
        pools: ['this computer'],
        discovered: 1,
      };
    },
    async getNode(_me, id) {
      const found = sample.nodes.find((node) => node.id === id);
      if (found === undefined) throw new LabError('not-found');
      return found;
    },
    listDiscovered: async () => ({ items: sample.discovered, next: null }),
    watchDiscovered: async () => () => {},
    ignoreMachine: async (_me, id, ignored) => void lab.asked.push(`ignore ${id} ${ignored}`),
    planNodes: async () => sample.newNodes,
    addNewNodes: async () =>
      sample.newNodes.map((row) => (row.problems.length > 0 ? row : { ...row, id: 9 })),
    poolSettings: async (_me, id) => {
      if (id !== 1) throw new LabError('not-found');
      const settings = [
        { name: 'loadSeconds', description: 'How long a load takes.', kind: 'number', options: [], value: 3 },
      ] as const;
      return {
        id,
        name: 'local',
        module: 'qemu',
        reach: 'web',
        version: 1,
        nodes: 4,
        fromNetwork: true,
        ...noIdleRules,
        settings,
      };
    },
    poolChoices: async () => sample.poolChoices,
    createPool: async (_me, { name }) => {
      lab.asked.push(`create-pool ${name}`);
      return 1;
    },
    editPool: async () => {},
    removePool: async (_me, id) => void lab.asked.push(`remove-pool ${id}`),
    testPool: async () => sample.poolTest,
    poolTest: async () => sample.poolTest,
    poolNetwork: async () => sample.poolNetwork,
    checkPoolNetwork: async () => sample.poolNetwork,
    async inspectNode(_me, id) {
      const found = sample.nodes.find((node) => node.id === id);
      if (found === undefined) throw new LabError('not-found');
      return id === 2 ? sample.nodeDetail : { ...sample.nodeDetail, ...found, holder: null };
    },
    async setHardware(_me, id, { bmcHost, bmcPassword }) {
      if (bmcHost === 'taken') throw invalid('bmcHost', 'The BMC is that of vm-1.');
      lab.asked.push(`hardware ${id} ${bmcHost} ${bmcPassword === undefined ? 'as it was' : 'another'}`);
    },
    previewOrder: async (_me, id, { action }) => `It would be done: ${action} ${id}.`,
    async orderNode(_me, id, order) {
      if (id === 2 && order.action !== 'service' && !order.when)
        throw new LabError('node.held', { detail: 'student has vm-2 for another 42 min.' });
      lab.asked.push(`order ${id} ${JSON.stringify(order)}`);
      return `Done: ${order.action}.`;
    },
    followOrders: async (_me, ids) =>
      ids.map((nodeId) => ({ nodeId, state: 'maintenance', says: `It came to node ${nodeId}.`, over: true })),
    watchNode: async () => () => {},
    watchOrders: async () => () => {},
    listPools: async () => ({ items: sample.pools, next: null }),
    findPools: async () => ({ items: sample.pools, total: sample.pools.length }),
    attention: async () => sample.attention,
    countAttention: async () => sample.attention.items.length,
    watchAttention: async () => () => {},
    retryAttention: async () => {},
    listAnnouncements: async () => sample.announcements,
    announce: async () => {},
    withdrawAnnouncement: async () => {},
    health: async () => ({ ready: true, progress: 1, waitingFor: [], version: '0.1.0' }),
  };
}

function ownAccount(): Part<
  | 'listSshKeys'
  | 'addSshKey'
  | 'keysOnTheirWay'
  | 'removeSshKey'
  | 'listTokens'
  | 'createToken'
  | 'revokeToken'
  | 'changePassword'
  | 'setEmail'
  | 'setTimeZone'
> {
  return {
    listSshKeys: async () => [...sample.keys],
    async addSshKey(_me, _label, publicKey) {
      if (publicKey.startsWith('ssh-')) return;
      throw new LabError('input.invalid', {
        fields: { publicKey: 'This is not a public key in OpenSSH’s format.' },
      });
    },
    keysOnTheirWay: async () => [],
    removeSshKey: async () => true,
    listTokens: async () => [...sample.tokens],
    createToken: async () => 'lab_6pQ0xkq1tYpXh4cJb0m3s9Zr',
    revokeToken: async () => {},
    changePassword: async () => {},
    setEmail: async () => {},
    setTimeZone: async () => {},
  };
}
