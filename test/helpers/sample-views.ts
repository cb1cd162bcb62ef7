/** View models as services would answer them: for rendering pages without a database. */
import { noIdleRules } from '../../src/domain/idle-rules.ts';
import { noLimits } from '../../src/domain/limits.ts';
import type * as view from '../../src/services/views.ts';
import { sampleLoads } from './sample-loads.ts';

export const now = Date.now();
const minute = 60_000;

export const student: view.SignedIn = {
  id: 3,
  name: 'student',
  role: 'user',
  displayName: 'Sam Student',
  email: 'sam@example.org',
  timeZone: 'Europe/Berlin',
  limits: { ...noLimits, initialMinutes: 240, totalMinutes: 360, extendMinutes: 60, overlap: 1 },
  mustChangePassword: false,
};

export const administrator: view.SignedIn = {
  ...student,
  id: 1,
  name: 'admin',
  role: 'administrator',
  displayName: 'Ada Admin',
  limits: noLimits,
};

const size: view.MachineSize = { cpus: 1, memoryMb: 256, diskMb: 2048 };

export function image(over: Partial<view.ImageView> = {}): view.ImageView {
  return {
    id: 1,
    name: 'tiny',
    title: 'Tiny Linux',
    description: 'A small Linux with a shell. Starts in seconds; good for a first look.',
    notes: 'You may become root with sudo.\nPackages are installed with apk.',
    icon: 'terminal',
    simulated: false,
    revision: 3,
    disarmed: false,
    cpus: 1,
    memoryMb: 256,
    diskMb: 2048,
    sizes: { least: size, most: { ...size, cpus: 4, memoryMb: 1536 } },
    maxMinutes: null,
    readyIn: 2_600,
    freeNow: 3,
    machines: 4,
    together: 1,
    mostMinutes: 240,
    usualMinutes: 60,
    costs: null,
    hindrance: null,
    ...over,
  };
}

export const announcements: readonly view.AnnouncementView[] = [
  { id: 1, text: 'On Friday from 18:00 the laboratory is closed for two hours.', until: null },
];

export const images: readonly view.ImageView[] = [
  image(),
  image({
    id: 2,
    name: 'debian',
    title: 'Debian 12',
    description: 'A full Debian with Python, git and a compiler.',
    icon: 'debian',
    readyIn: 41_000,
    freeNow: 2,
    usualMinutes: 120,
    memoryMb: 1024,
    diskMb: 10_240,
  }),
  image({
    id: 3,
    name: 'simulated',
    title: 'Simulated machine',
    description: 'For planning and demonstrations: booked and loaded like a real one.',
    icon: 'simulated',
    simulated: true,
    readyIn: 800,
  }),
  image({
    id: 4,
    name: 'datalab',
    title: 'Data laboratory',
    description: 'Jupyter, R and a database, as the course uses them.',
    icon: 'flask',
    readyIn: null,
    freeNow: 0,
  }),
];

const can = {
  accept: false,
  connect: false,
  change: false,
  extend: false,
  shorten: false,
  reboot: false,
  reinstall: false,
  start: false,
  another: false,
  capture: false,
  keep: false,
  end: true,
};

export function reservation(over: Partial<view.ReservationView> = {}): view.ReservationView {
  return {
    id: 7,
    state: 'inuse',
    image: { id: 1, name: 'tiny', title: 'Tiny Linux', icon: 'terminal' },
    server: null,
    user: { id: 3, name: 'student' },
    start: now - 18 * minute,
    end: now + 102 * minute,
    fixedEnd: false,
    minutes: 120,
    version: '1',
    createdAt: now - 18 * minute,
    readyAt: now - 18 * minute + 2_900,
    acknowledgedAt: now - 17 * minute,
    connectedAt: now - 17 * minute,
    endedAt: null,
    reason: null,
    simulated: false,
    reach: 'web',
    nodeId: 2,
    nodeName: 'vm-2',
    size,
    poolName: 'qemu',
    machines: [],
    imaging: false,
    captureFailure: null,
    capture: null,
    poweredOff: false,
    down: false,
    steps: steps(5),
    progress: null,
    progressText: null,
    estimate: null,
    deadline: null,
    can: { ...can, connect: true, extend: true, shorten: true, reboot: true, reinstall: true },
    notices: [],
    ...over,
  };
}

/** `done` of the five are done; the next is under way. */
export function steps(done: number, failed = false): view.StepView[] {
  const titles = {
    booked: 'Booked',
    assigned: 'Machine found',
    loading: 'Loading',
    booting: 'Starting',
    ready: 'Ready',
  };
  return Object.entries(titles).map(([id, title], index) => {
    const state = index < done ? 'done' : index > done ? 'todo' : failed ? 'failed' : 'now';
    return {
      id: id as view.StepView['id'],
      title,
      state,
      seconds: state === 'todo' ? null : 0.2 + index * 0.7,
    };
  });
}

export const loading = reservation({
  state: 'new',
  readyAt: null,
  acknowledgedAt: null,
  connectedAt: null,
  start: now - 1_500,
  createdAt: now - 1_500,
  end: now + 60 * minute,
  minutes: 60,
  steps: steps(2),
  progress: 0.4,
  progressText: 'Nearly always within 42 min',
  estimate: { p50: 26 * minute, p95: 51 * minute, since: now - 9 * minute },
  can,
});

export const booked = reservation({
  state: 'new',
  readyAt: null,
  start: now + 26 * 60 * minute,
  end: now + 28 * 60 * minute,
  nodeId: null,
  nodeName: null,
  size: null,
  poolName: null,
  steps: steps(1),
  can: { ...can, change: true, extend: true, shorten: true },
});

export const offered = reservation({
  state: 'offered',
  acknowledgedAt: null,
  connectedAt: null,
  deadline: { kind: 'answer', at: now + 12 * minute },
  can: { ...can, accept: true },
});

export const notConnected = reservation({
  state: 'reserved',
  acknowledgedAt: null,
  connectedAt: null,
  deadline: { kind: 'connect', at: now + 4 * minute },
  can: { ...can, connect: true, extend: true, shorten: true, reboot: true, reinstall: true, keep: true },
});

export const simulated = reservation({ simulated: true, can: { ...can, extend: true, shorten: true } });

export const off = reservation({
  poweredOff: true,
  can: { ...can, start: true, extend: true, shorten: true, reinstall: true },
});

export const down = reservation({
  down: true,
  can: { ...can, another: true, extend: true, shorten: true, reinstall: true },
});

export const failed = reservation({
  state: 'failed',
  readyAt: null,
  endedAt: now - minute,
  reason: 'The machine did not start twice, and no other was free. An administrator sees it too.',
  steps: steps(3, true),
  can: { ...can, end: false },
});

export const ended = reservation({
  state: 'complete',
  endedAt: now - 5 * minute,
  reason: 'You ended it.',
  can: { ...can, end: false },
});

export const cancelled = reservation({
  ...{ state: 'complete', start: now + minute, endedAt: now, readyAt: null },
  reason: 'You cancelled it.',
  can: { ...can, end: false },
});

export const notices: readonly view.NoticeView[] = [
  notice({ id: 40, key: 'ready', tone: 'good', text: 'Your machine is ready.', at: now - 18 * minute }),
  notice({ id: 41, key: 'end-15', tone: 'urgent', text: 'It ends in 15 minutes.', at: now - minute }),
];

export function notice(over: Partial<view.NoticeView>): view.NoticeView {
  return { id: 42, key: 'captured', tone: 'good', text: 'It was captured.', at: now, image: null, ...over };
}

export const history: readonly view.HistoryLine[] = [
  { id: 101, at: now - 18 * minute, kind: 'booked', text: 'Booked for 2 h.', detail: false },
  { id: 102, at: now - 18 * minute + 200, kind: 'assigned', text: 'Got the machine vm-2.', detail: false },
  {
    id: 103,
    at: now - 18 * minute + 900,
    kind: 'load',
    text: 'Disk made from revision 3 (overlay, 2 GB).',
    detail: true,
  },
  { id: 104, at: now - 18 * minute + 2_900, kind: 'ready', text: 'Ready in 2.9 s.', detail: false },
];

export const connection: view.ConnectionView = {
  methods: [
    {
      method: 'ssh',
      machine: null,
      host: '127.0.0.1',
      port: 22041,
      username: 'student',
      password: 'kerning-lantern-48',
      hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHB2bq8Zk0Yx1m9f4nqk3pT7cLr2dYp0WqkzS0n5hQ2F'],
      command: 'ssh -p 22041 student@127.0.0.1',
      localOnly: true,
    },
  ],
  reach: 'web',
  notes: 'You may become root with sudo.',
  sshKeys: 1,
};

export const extension: view.ExtensionView = {
  mostMinutes: 60,
  latestEnd: now + 162 * minute,
  because: 'Your group allows 60 minutes at a time.',
};

export const attention: view.AttentionView = {
  lookedAt: now - 12_000,
  items: [
    {
      id: 'node:4',
      kind: 'node',
      text: 'vm-4 could not be cleaned: its disk is full.',
      since: now - 47 * minute,
      hits: 'One booking at 14:00 (student)',
      about: '/nodes/4',
      action: { label: 'Try again', path: '/attention/node:4/retry' },
    },
    {
      id: 'revision:9',
      kind: 'revision',
      text: 'Data laboratory, revision 2, failed on two machines and was suspended.',
      since: now - 26 * 60 * minute,
      hits: null,
      action: { label: 'Try again', path: '/attention/revision:9/retry' },
    },
  ],
};

export const nodes: readonly view.NodeView[] = (['available', 'inuse', 'reloading', 'failed'] as const).map(
  (state, index) => ({
    id: index + 1,
    name: `vm-${index + 1}`,
    state,
    power: state === 'failed' ? 'off' : 'on',
    poolId: 1,
    pool: 'this computer',
    image: 'Tiny Linux',
    simulated: false,
    cpus: 1,
    memoryMb: 256,
    diskMb: 2048,
    failure: state === 'failed' ? 'Its disk is full.' : null,
    failedAt: state === 'failed' ? now - 47 * minute : null,
    since: now - 47 * minute,
    leaves: null,
    because: null,
    version: 3,
    reservationId: state === 'inuse' ? 7 : null,
    user: state === 'inuse' ? 'student' : null,
    rack: index < 3 ? 'A3' : null,
    unit: index < 3 ? ([7, 7, 12][index] ?? null) : null,
  }),
);

const newNode = {
  mac: null,
  cpus: 1,
  memoryMb: 1024,
  diskMb: 10_240,
  image: 'tiny',
  bmc: null,
  rack: null,
  unit: null,
};
export const newNodes: readonly view.NewNodeView[] = [
  { line: 1, name: 'lab01', ...newNode, problems: [] },
  { line: 2, name: 'lab02', ...newNode, problems: ['The name is taken.'] },
];

export const nodeDetail: view.NodeDetailView = {
  ...(nodes[1] as view.NodeView),
  ...{
    mac: '02:00:00:00:00:02',
    load: 14,
    tainted: true,
    unclean: true,
    cleaned: {
      at: now - 300 * minute,
      disks: [
        {
          ...{ name: 'nvme0n1', model: 'Samsung PM9A3', serial: 'S64GNE0R', bytes: 960_197_124_096 },
          ...{ result: 'clean', method: 'sanitize, changing its key', seconds: 14, says: '' },
        },
        {
          ...{ name: 'sdb', model: 'Cruzer', serial: '4C53', bytes: 31_004_295_168 },
          ...{ result: 'left', method: '', seconds: 0, says: 'it is not the machine’s own' },
        },
      ],
    },
    nextImage: null,
    aim: { image: 'tiny', because: { why: 'demand', expected: 3.2 } },
    outFrom: now + 45 * minute,
    coming: 1,
    images: ['tiny', 'debian'],
    inventory: [
      { name: 'Model', value: 'Dell Inc. PowerEdge R650' },
      { name: 'Memory', value: '257614 MB' },
      { name: 'Disk nvme0n1', value: '953869 MB, Micron 7450, 2233A1B0' },
    ],
    inspecting: null,
    commissions: [
      {
        ...{ id: 2, askedAt: now - 90 * minute, by: 'ada', beganAt: now - 89 * minute },
        ...{ endedAt: now - 61 * minute, outcome: 'failed' as const },
        says: 'Disk nvme0n1: 4096 of 953869 MB were read, with 2 errors.',
        parts: [
          {
            ...{ name: 'Memory', result: 'fine' as const, seconds: 600 },
            says: '256801 MB were written and read with changing patterns: no error.',
            measured: { what: 'copying', value: 11_204, unit: 'MB/s' },
          },
          {
            ...{ name: 'Disk nvme0n1', result: 'failed' as const, seconds: 300.2 },
            says: '4096 of 953869 MB were read, with 2 errors, the first at megabyte 512: Input/output error.',
            measured: { what: 'reading', value: 13.6, unit: 'MB/s' },
          },
          {
            ...{ name: 'BMC', result: 'warning' as const, seconds: null, measured: null },
            says: 'It answers by IPMI 2.0. It lets anybody in without a password (cipher suite 0).',
          },
        ],
      },
      {
        ...{ id: 1, askedAt: now - 900 * minute, by: 'ada', beganAt: null, endedAt: now - 899 * minute },
        ...{ outcome: 'failed' as const, says: 'vm-2 did not start from the network.', parts: [] },
      },
    ],
    hardware: {
      ...{ bmcHost: '10.0.7.12', bmcPort: null, bmcUsername: 'admin' },
      ...{ firmware: 'uefi', address: '10.0.8.12', sshPort: 22 },
      ...{ silentSince: null, askedAt: now - minute, troubles: ['Fan 2: 0 RPM (critical)'] },
      bmc: {
        ...{
          manufacturer: 'Dell Inc.',
          product: 'iDRAC9',
          version: '6.10',
          protocol: 'IPMI 2.0, cipher suite 17',
        },
        warnings: ['The BMC at 10.0.7.12 lets anybody in without a password (cipher suite 0).'],
      },
    },
  },
  holder: { reservationId: 7, user: 'student', end: now + 42 * minute },
  work: {
    ...{ id: 41, title: 'Being cleaned and loaded', running: false },
    ...{ because: 'Its disk is full', at: now + 90 * 1000 },
  },
  now,
  schedule: [
    {
      ...{ id: 3, purpose: 'reservation', reservationId: 7, user: 'student', image: 'Tiny Linux' },
      ...{
        from: now - 78 * minute,
        until: now + 45 * minute,
        start: now - 78 * minute,
        end: now + 42 * minute,
      },
    },
  ],
  loads: sampleLoads(now),
  events: [
    { id: 31, at: now - 78 * minute, who: null, text: 'Ready for its person', reservationId: 7 },
    { id: 30, at: now - 100 * minute, who: 'admin', text: 'Load anew with tiny', reservationId: null },
  ],
};

export const poolChoices: view.PoolChoicesView = {
  modules: [
    {
      ...{ id: 'qemu', title: 'Virtual machines on this computer', simulated: false },
      settings: [
        {
          ...{ name: 'network', description: 'What machines are connected to.', kind: 'text' },
          ...{ options: ['user', 'bridge'], value: 'user' },
        },
        { name: 'portFrom', description: 'The first port.', kind: 'number', options: [], value: 22_000 },
      ],
    },
    { id: 'simulator', title: 'Simulated machines', simulated: true, settings: [] },
  ],
  places: ['here', 'there'],
};

export const poolTest: view.PoolTestView = {
  ...{ taskId: 41, state: 'done', askedAt: now - 60_000, endedAt: now - 59_000, place: 'here' },
  ...{ failure: null, outdated: true },
  checks: [
    { name: 'QEMU', result: 'fine', says: 'QEMU 7.2 is installed.', mend: null },
    {
      ...{
        name: 'Processors',
        result: 'warning',
        says: 'A machine started, but its processors are emulated.',
      },
      mend: 'Switch virtualisation on.',
    },
    {
      ...{ name: 'Bridge br0', result: 'wrong', says: 'There is no network bridge br0 on this computer.' },
      mend: 'ip link add br0 type bridge, or name one that is there.',
    },
  ],
};

export const poolNetwork: view.PoolNetworkView = {
  ...{ pool: { id: 1, name: 'this computer' }, place: 'here', underWay: false, everySeconds: 300 },
  ...{ checkedAt: now - 60_000, wrongSince: now - 3_600_000 },
  checks: [
    {
      ...{ name: 'Imaging network', result: 'fine', part: 'machine', by: 'eth1, 10.0.0.1', mend: null },
      says: 'The network of this computer’s card eth1 is asked as metal1 would ask, for 2 machines.',
    },
    {
      ...{ name: 'DHCP', result: 'fine', part: 'dhcp', by: '10.0.0.1', mend: null },
      says: 'This computer gives addresses, and names what is to be started.',
    },
    {
      ...{ name: 'DHCP server 10.0.0.9', result: 'wrong', part: 'dhcp', by: '10.0.0.9' },
      says: 'Another DHCP server, 10.0.0.9, gives addresses on the imaging network: a machine takes the answer that comes first.',
      mend: 'Take it off this network, or choose dhcp "proxy" for the pool.',
    },
    {
      ...{ name: 'TFTP', result: 'fine', part: 'tftp', by: '10.0.0.1', mend: null },
      says: '10.0.0.1 hands out undionly.kpxe.',
    },
  ],
};

export const pools: readonly view.PoolView[] = [
  {
    id: 1,
    name: 'this computer',
    module: 'qemu',
    moduleTitle: 'QEMU',
    simulated: false,
    bareMetal: false,
    reach: 'web',
    nodes: 4,
    available: 1,
  },
  {
    id: 2,
    name: 'rehearsal',
    module: 'simulator',
    moduleTitle: 'Simulator',
    simulated: true,
    bareMetal: false,
    reach: 'none',
    nodes: 200,
    available: 188,
  },
  {
    ...{ id: 3, name: 'rack', module: 'ipmi', moduleTitle: 'Bare metal by IPMI', reach: 'none' },
    ...{ simulated: false, bareMetal: true, nodes: 8, available: 8 },
  },
];

export const discovered: readonly view.DiscoveredView[] = [
  {
    ...{ id: 1, poolId: 3, pool: 'rack', mac: '02:5e:b0:33:01:9c' },
    ...{ firstAt: now - 3 * minute, lastAt: now - minute, times: 2, ignored: false },
  },
  {
    ...{ id: 2, poolId: 3, pool: 'rack', mac: '00:1b:a9:77:20:e1' },
    ...{ firstAt: now - 90 * minute, lastAt: now - 90 * minute, times: 1, ignored: true },
  },
];

export const keys: readonly view.SshKeyView[] = [
  { id: 5, label: 'Laptop', fingerprint: 'SHA256:p1y9bS3oH4m0Lr8eWq2TzX7cVn5aKd6Jf0uYiRgQxEs' },
];
export const tokens: readonly view.TokenView[] = [
  { id: 8, label: 'My script', createdAt: now - 3 * 86_400_000 },
];

/** Of imageadmin, while it is saved. */
export function capturing(over: Partial<view.CaptureView> = {}): view.ReservationView {
  const states = ['done', 'done', over.failure ? 'failed' : 'now', 'todo'] as const;
  const titles = ['Cleaning a copy', 'Shutting down', 'Saving the disk', 'Checking'];
  const capture = {
    ...{ image: { name: 'physics-lab', title: 'Physics lab' }, revision: 2, goesOn: false, failure: null },
    ...{ fraction: 0.43, steps: titles.map((title, n) => ({ title, state: states[n] ?? 'todo' })) },
    ...over,
  };
  const mine = { user: { id: 2, name: 'imageadmin' }, can, imaging: true };
  return reservation({ ...mine, state: 'image', captureFailure: capture.failure, capture });
}

export const properties: view.ImagePropertiesView = {
  ...{ id: 1, name: 'tiny', title: 'Tiny Linux', icon: 'terminal', description: 'A small Linux.', notes: '' },
  ...{ osModule: 'linux', cpus: 1, memoryMb: 192, diskMb: 1024, maxMinutes: null, maxAtOnce: null },
  ...noIdleRules,
  ...{ checkConnected: true, owner: 'imageadmin', visibility: 'groups', groups: ['students'], version: 3 },
  ...{ production: 1, previous: null, members: [] },
};

export const library: readonly view.LibraryImageView[] = [
  {
    ...{
      id: 5,
      name: 'physics-lab',
      title: 'Physics lab',
      icon: 'flask',
      simulated: false,
      owner: 'imageadmin',
    },
    ...{ visibility: 'owner', production: 1, revisions: 1, bytes: 2_400_000_000, reservations: 0, nodes: 0 },
    ...{ basedOn: [{ name: 'tiny', title: 'Tiny Linux' }], baseOf: [], lastLoad: null, loadTimes: null },
    goneAt: null,
    mayManage: true,
  },
  {
    ...{ id: 1, name: 'tiny', title: 'Tiny Linux', icon: 'terminal', simulated: false, owner: null },
    ...{ visibility: 'everyone', production: 2, revisions: 3, bytes: 81_000_000, reservations: 2, nodes: 4 },
    ...{ basedOn: [], baseOf: [{ name: 'physics-lab', title: 'Physics lab' }], lastLoad: now - 600_000 },
    ...{ loadTimes: { p50: 2_400, p95: 4_100 }, goneAt: null, mayManage: false },
  },
  {
    ...{ id: 6, name: 'old-lab', title: 'Old lab', icon: 'flask', simulated: false, owner: 'imageadmin' },
    ...{ visibility: 'owner', production: 1, revisions: 1, bytes: 900_000_000, reservations: 0, nodes: 0 },
    ...{ basedOn: [], baseOf: [], lastLoad: null, loadTimes: null, goneAt: now + 6 * 86_400_000 },
    mayManage: true,
  },
];

const mayNothing = { makeProduction: false, test: false, remove: false, restore: false };

export const revisions: readonly view.RevisionView[] = [
  {
    ...{
      id: 2,
      number: 2,
      format: 'qcow2',
      comment: 'With gdb',
      base: 'tiny-v1',
      madeBy: 'imageadmin',
      createdAt: now,
    },
    ...{
      sizeBytes: 41_000_000,
      virtualBytes: 1_073_741_824,
      sha256: 'ab'.repeat(32),
      nodes: 0,
      state: 'ready',
    },
    ...{ provenAt: null, suspendedBecause: null, goneAt: null, progress: null },
    can: { makeProduction: true, test: true, remove: true, restore: false },
  },
  {
    ...{
      id: 1,
      number: 1,
      format: 'qcow2',
      comment: '',
      base: null,
      madeBy: null,
      createdAt: now - 86_400_000,
    },
    ...{
      sizeBytes: 40_000_000,
      virtualBytes: 1_073_741_824,
      sha256: 'cd'.repeat(32),
      nodes: 4,
      state: 'production',
    },
    ...{ provenAt: now - 86_000_000, suspendedBecause: null, goneAt: null, progress: null },
    can: mayNothing,
  },
];
