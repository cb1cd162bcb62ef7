import { counted } from '../../../domain/counted.ts';
import type { FieldErrors } from '../../../domain/errors.ts';
import { idleRuleNames } from '../../../domain/idle-rules.ts';
import { type Visibility, visibilities } from '../../../domain/may.ts';
import type { GroupNameView, ImagePropertiesView, RevisionView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { idleRuleTexts } from '../../fields.ts';
import type { Refusal } from '../../refusal.ts';
import type { StateWord } from '../reservations/state-words.ts';
import { MembersForm } from './forms.ts';
import { bytesText } from './sizes.ts';

/** The part that changes while it is looked at. */
export interface RevisionsRegion {
  readonly href: string;
  readonly title: string;
  readonly revisions: readonly RevisionRow[];
}

export interface ImagePage extends RevisionsRegion {
  readonly name: string;
  readonly icon: string;
  readonly owner: string;
  /** No machine has what it needs. */
  readonly fitsNone: boolean;
  readonly visibility: Visibility;
  readonly groups: readonly { readonly name: string; readonly chosen: boolean }[];
  readonly typed: TypedProperties;
  readonly choices: readonly string[];
  readonly current: number;
  readonly fields: FieldErrors;
  readonly refused: { readonly form: FormName; readonly message: string } | null;
  readonly once: string;
  /** What comes with it, and places for more. */
  readonly members: readonly MemberRow[];
  /** What could come with it, by name. */
  readonly others: readonly { readonly name: string; readonly title: string }[];
  readonly version: string;
}

/** Machines of one role, as they stand in the form. */
export interface MemberRow {
  readonly role: string;
  readonly image: string;
  readonly machines: string;
}

export type FormName = 'properties' | 'publication' | 'revision' | 'members';

/** As it stands in the form. */
export type TypedProperties = Readonly<Record<(typeof textFields)[number], string>> & {
  readonly checkConnected: boolean;
};
export const textFields = [
  ...(['title', 'icon', 'description', 'notes', 'cpus', 'memoryMb', 'diskMb'] as const),
  ...(['maxMinutes', 'maxAtOnce'] as const),
  ...idleRuleNames,
] as const;

interface RevisionRow {
  readonly number: number;
  readonly href: string;
  readonly state: StateWord;
  readonly comment: string;
  readonly facts: readonly string[];
  readonly made: When;
  readonly gone: When | null;
  /** What is going on, or what went wrong. */
  readonly doing: string | null;
  readonly wrong: string | null;
  readonly can: RevisionView['can'];
  /** "Make production", or *Back to v1*. */
  readonly promote: string;
}

const states: Readonly<Record<RevisionView['state'], StateWord>> = {
  capturing: { word: 'Being captured', tone: 'busy', icon: 'loading' },
  'not-captured': { word: 'Not saved', tone: 'bad', icon: 'alert' },
  ready: { word: 'Ready', tone: 'quiet', icon: 'box' },
  production: { word: 'Production', tone: 'ready', icon: 'check' },
  'rolling-out': { word: 'Being made production', tone: 'busy', icon: 'loading' },
  suspended: { word: 'Suspended', tone: 'bad', icon: 'alert' },
  deleted: { word: 'Deleted', tone: 'quiet', icon: 'end' },
};

export interface ImageFacts {
  readonly image: ImagePropertiesView;
  readonly revisions: readonly RevisionView[];
  readonly groups: readonly GroupNameView[];
  /** Environments that this person sees. */
  readonly environments: readonly { readonly name: string; readonly title: string }[];
  /** How many have what it needs; null where that is not known. */
  readonly machines: number | null;
  readonly icons: ReadonlySet<string>;
  readonly once: string;
  readonly refused?: { readonly form: FormName; readonly refusal: Refusal; readonly typed: unknown };
}

export function imagePage(facts: ImageFacts, clock: Clock): Omit<ImagePage, 'version'> {
  const { image, revisions, icons, once, refused } = facts;
  const now = asTyped(image);
  const again = refused?.form === 'properties' ? typedAgain(refused.typed) : null;
  return {
    ...revisionsRegion(image, revisions, clock),
    ...{ name: image.name, icon: image.icon, owner: image.owner ?? 'the installation', once },
    fitsNone: facts.machines === 0,
    ...published(facts),
    members: memberRows(image, refused?.form === 'members' ? refused.typed : null),
    others: facts.environments.filter(({ name }) => name !== image.name),
    typed: again ?? now,
    choices: [...icons].filter((icon) => icon.startsWith('env-')).map((icon) => icon.slice(4)),
    current: image.version,
    fields:
      refused?.refusal.code === 'changed-meanwhile' && again
        ? whatChanged(again, now)
        : (refused?.refusal.fields ?? {}),
    refused: refused ? { form: refused.form, message: saidOf(refused) } : null,
  };
}

const emptyRow: MemberRow = { role: '', image: '', machines: '1' };

/** As they are, or as they were typed when that was refused; two empty ones follow. */
function memberRows({ members }: ImagePropertiesView, typed: unknown): MemberRow[] {
  const again = typed === null ? null : MembersForm.safeParse(typed).data?.members;
  const rows = again ?? members.map((one) => ({ ...one, machines: String(one.machines) }));
  return [
    ...rows.map(({ role, image, machines }) => ({ role, image, machines: String(machines) })),
    emptyRow,
    emptyRow,
  ];
}

/** Who sees it, or what was chosen when it was refused. */
function published({ image, groups, refused }: ImageFacts): Pick<ImagePage, 'visibility' | 'groups'> {
  const body = (refused?.form === 'publication' ? refused.typed : {}) as Record<string, unknown>;
  const visibility = visibilities.find((one) => one === body.visibility);
  const chosen = visibility === undefined ? image.groups : [body.groups ?? []].flat();
  return {
    visibility: visibility ?? image.visibility,
    groups: groups.map(({ name }) => ({ name, chosen: chosen.includes(name) })),
  };
}

export function revisionsRegion(
  image: ImagePropertiesView,
  revisions: readonly RevisionView[],
  clock: Clock,
): RevisionsRegion {
  const href = `/images/${encodeURIComponent(image.name)}`;
  return {
    href,
    title: image.title,
    revisions: revisions.map((revision) => revisionRow(revision, { href, image, clock })),
  };
}

function revisionRow(
  revision: RevisionView,
  { href, image, clock }: { href: string; image: ImagePropertiesView; clock: Clock },
): RevisionRow {
  const { number, comment, state, madeBy, base, sizeBytes, nodes, progress, suspendedBecause, can } =
    revision;
  const rolling = state === 'rolling-out';
  return {
    ...{ number, comment, can, href: `${href}/revisions/${number}`, state: states[state] },
    facts: [
      madeBy === null ? 'made by the installation' : `made by ${madeBy}`,
      ...(base === null ? [] : [`from ${base}`]),
      ...(sizeBytes === 0 ? [] : [bytesText(sizeBytes)]),
      nodes === 0 ? 'on no machine' : `on ${counted(nodes, 'machine')}`,
      ...(revision.provenAt === null && state === 'ready' ? ['never loaded yet'] : []),
    ],
    made: clock.when(revision.createdAt),
    gone: revision.goneAt === null ? null : clock.when(revision.goneAt),
    doing: rolling ? (progress ?? 'its turn comes') : null,
    wrong: suspendedBecause ?? (rolling ? null : progress),
    promote: image.previous === number ? `Back to v${number}` : 'Make production',
  };
}

function asTyped(image: ImagePropertiesView): TypedProperties {
  const text = (value: number | null) => (value === null ? '' : String(value));
  const { title, icon, description, notes, cpus, memoryMb, diskMb, maxMinutes, maxAtOnce } = image;
  return {
    ...{ title, icon, description, notes, cpus: text(cpus), memoryMb: text(memoryMb), diskMb: text(diskMb) },
    ...{ maxMinutes: text(maxMinutes), maxAtOnce: text(maxAtOnce), checkConnected: image.checkConnected },
    ...idleRuleTexts(image),
  };
}

function typedAgain(body: unknown): TypedProperties {
  const from = (body ?? {}) as Record<string, unknown>;
  const typed = textFields.map((name) => [name, typeof from[name] === 'string' ? from[name] : '']);
  return { ...Object.fromEntries(typed), checkConnected: from.checkConnected === '1' };
}

/** What is wrong with the machines that come with it is said as one sentence, for it is about all of them. */
function saidOf({ form, refusal }: NonNullable<ImageFacts['refused']>): string {
  return (form === 'members' ? refusal.fields.members : undefined) ?? refusal.message;
}

/** What was typed stays, and beside it stands what it is now: whoever saves again has seen both. */
function whatChanged(typed: TypedProperties, now: TypedProperties): FieldErrors {
  const other = textFields.filter((name) => typed[name].replaceAll('\r\n', '\n').trim() !== now[name].trim());
  return Object.fromEntries(other.map((name) => [name, `It is now: ${now[name] || 'empty'}`]));
}
