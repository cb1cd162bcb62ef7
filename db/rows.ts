import type { BlockDateState, BlockState } from '../src/domain/blocks.ts';
import type { Firmware, ImageFormat, Reach } from '../src/domain/contracts/facts.ts';
import type { LoadOutcome } from '../src/domain/load-phases.ts';
import type { Role, Visibility } from '../src/domain/may.ts';
import type {
  AllocationPurpose,
  AllocationState,
  NodeState,
  OutFor,
  PowerState,
  ReservationState,
} from '../src/domain/states.ts';

/** The rows as they lie in the database. Nothing outside `db/` sees them. */
export interface UserRow {
  id: number;
  name: string;
  display_name: string;
  email: string | null;
  password_hash: string | null;
  must_change_password: number;
  first_signed_in_at: number | null;
  time_zone: string | null;
  created_at: number;
}

export interface GroupRow {
  id: number;
  name: string;
  role: Role;
  initial_minutes: number | null;
  total_minutes: number | null;
  extend_minutes: number | null;
  overlap: number | null;
  days_ahead: number | null;
  upcoming: number | null;
  /** Null: any number. */
  servers: number | null;
  version: number;
}

/** How long its machines wait for their people, in minutes; 0: for ever, null: as whoever comes after it says. */
export interface IdleRuleColumns {
  never_connected_minutes: number | null;
  disconnected_minutes: number | null;
  idle_minutes: number | null;
}

export interface ImageRow extends IdleRuleColumns {
  id: number;
  name: string;
  title: string;
  description: string;
  notes: string;
  icon: string;
  os_module: string;
  cpus: number;
  memory_mb: number;
  disk_mb: number;
  max_minutes: number | null;
  max_at_once: number | null;
  check_connected: number;
  production_revision_id: number | null;
  previous_revision_id: number | null;
  owner_id: number | null;
  visibility: Visibility;
  created_at: number;
  deleted_at: number | null;
  version: number;
}

export interface RevisionRow {
  id: number;
  image_id: number;
  number: number;
  format: ImageFormat;
  place_id: number | null;
  file: string;
  size_bytes: number;
  virtual_bytes: number;
  sha256: string | null;
  system: string;
  suspended_at: number | null;
  suspended_because: string | null;
  /** Since when its file is not where it was kept, and what is wrong with it; null while it is there. */
  missing_since: number | null;
  missing_because: string | null;
  created_at: number;
  created_by: number | null;
  /** Null while it is being captured: nothing can load it yet. */
  ready_at: number | null;
  proven_at: number | null;
  comment: string;
  base_revision_id: number | null;
  reservation_id: number | null;
  deleted_at: number | null;
}

export interface PoolRow extends IdleRuleColumns {
  id: number;
  name: string;
  module: string;
  settings: string;
  reach: Reach;
  place_id: number;
  version: number;
  /** The task of its last test. */
  test_task_id: number | null;
  /** What was found of its imaging network, when, when somebody asked for that last, and since when something is wrong. */
  network_checks: string | null;
  network_checked_at: number | null;
  network_asked_at: number | null;
  network_wrong_since: number | null;
}

export interface NodeRow {
  id: number;
  name: string;
  pool_id: number;
  place_id: number;
  state: NodeState;
  cpus: number;
  memory_mb: number;
  disk_mb: number;
  mac: string;
  load_no: number;
  load_task_id: number | null;
  load_began_at: number | null;
  revision_id: number | null;
  preferred_image_id: number | null;
  tainted: number;
  /** Somebody's bytes may lie on its disks. */
  unclean: number;
  power: PowerState;
  management_host: string | null;
  management_port: number | null;
  host_keys: string;
  secrets: string | null;
  failure: string | null;
  /** It is out of order by itself (`failed`), and in order again as soon as that has passed. */
  fault: 'bmc' | null;
  failed_at: number | null;
  state_at: number;
  /** Wanted out of service after whoever has it. */
  out_for: OutFor | null;
  out_because: string | null;
  /** To be loaded anew with this image after whoever has it. */
  next_image_id: number | null;
  /** What prediction wants it to hold next (null: nothing) and why, as JSON; null: it stays as it is. */
  aim_image_id: number | null;
  aim_because: string | null;
  /** Where it stands: a rack's name, and its unit counted from the bottom. */
  rack: string | null;
  rack_unit: number | null;
  /** The weekly hours that it keeps, as they are wanted and as its bits say (with their version, and until when). */
  schedule_id: number | null;
  held_schedule_id: number | null;
  held_schedule_version: number | null;
  held_schedule_until: number | null;
  /** The maintenance window that took it out of service. */
  out_window_id: number | null;
  version: number;
}

/** One try at loading a node. `phases` and `slower` are JSON. */
export interface LoadRow {
  id: number;
  node_id: number;
  load_no: number;
  task_id: number;
  action: string;
  reservation_id: number | null;
  pool_id: number;
  image_id: number;
  image: string;
  model: string;
  began_at: number;
  ended_at: number | null;
  outcome: LoadOutcome;
  failure: string | null;
  /** What is said of it now, and how far that is. */
  step: string | null;
  fraction: number | null;
  phases: string;
  slower: string | null;
  /** From when on the phase that it is in takes too long; null: nobody knows, or it is over. */
  slow_at: number | null;
}

/** Of a bare-metal machine. The BMC's password is sealed; what was found of the BMC and of the machine is JSON. */
export interface HardwareRow {
  node_id: number;
  bmc_host: string;
  bmc_port: number | null;
  bmc_username: string;
  bmc_password: string;
  bmc_cipher: number | null;
  bmc_fingerprint: string | null;
  bmc_info: string | null;
  /** What somebody could have changed in the BMC, as it was found right, and as it was found where that differs: JSON. */
  bmc_audit: string | null;
  bmc_found: string | null;
  bmc_asked_at: number | null;
  /** Since when it does not answer, and what is amiss with it: JSON, sentences. */
  bmc_silent_since: number | null;
  bmc_says: string | null;
  firmware: Firmware;
  address: string | null;
  ssh_port: number;
  inventory: string | null;
  found_at: number | null;
}

export interface ReservationRow {
  id: number;
  user_id: number;
  image_id: number;
  revision_id: number | null;
  state: ReservationState;
  live: number | null;
  start_at: number;
  end_at: number;
  minutes: number;
  starts_now: number;
  ready_at: number | null;
  acknowledged_at: number | null;
  connected_at: number | null;
  last_connected_at: number | null;
  unconnected_since: number | null;
  /** Since when nothing was typed, while somebody is connected and that is asked for. */
  idle_since: number | null;
  access_opened_at: number | null;
  terminal_seen_at: number | null;
  keep_until_end: number;
  imaging: number;
  capture_revision_id: number | null;
  capture_failure: string | null;
  username: string;
  password: string | null;
  /** Of a seat of a class: the date that it is for. */
  block_date_id: number | null;
  /** Of a server: what it is called; null: it is none. */
  server_name: string | null;
  /** 1: its end is carried forward. */
  open_ended: number;
  /** Whose people get in; and those of the second look after it. */
  login_group_id: number | null;
  admin_group_id: number | null;
  /** The course whose hours it takes, and until when it was a seat of a class, which takes none. */
  budget_course_id: number | null;
  budget_free_until: number | null;
  ended_at: number | null;
  ended_by: number | null;
  reason: string | null;
  created_at: number;
  version: number;
}

/** Somebody's account on a server that is not theirs. */
export interface ServerAccountRow {
  id: number;
  reservation_id: number;
  user_id: number;
  username: string;
  password: string | null;
  opened_as: string | null;
}

export interface AllocationRow {
  id: number;
  node_id: number;
  reservation_id: number | null;
  purpose: AllocationPurpose;
  state: AllocationState;
  start_at: number;
  end_at: number;
  hold_from: number;
  hold_until: number;
  released_at: number | null;
  user_port: number | null;
  /** The machine's own address, where its pool does not forward. */
  user_host: string | null;
  port_place_id: number | null;
  /** Of the schedule or the maintenance window that closes the node. */
  closing_id: number | null;
  /** Of a seat: the date of the class that it is for, and who has claimed it. */
  block_date_id: number | null;
  claimed_by: number | null;
  /** Its number within the date; a machine that takes the place of another has the same. */
  seat: number | null;
  /** Which of its reservation's machines: 0 is the one that was asked for, the others come with it. */
  member: number;
  /** Of one that comes with another: what it is called inside, its role, and the image that it is loaded with. */
  member_name: string | null;
  member_role: string | null;
  image_id: number | null;
}

/** Somebody's place in the line for an image. */
export interface WaiterRow {
  id: number;
  user_id: number;
  image_id: number;
  /** 1 until it is over. */
  live: number | null;
  minutes: number;
  /** 1: *ask me first*; 0: *start it for me*. */
  asks_first: number;
  /** Of their night. */
  time_zone: string;
  /** Offers that were not answered. */
  missed: number;
  /** Not offered anything before: an offer was just missed. */
  not_before: number | null;
  /** A limit was in the way of what could have been given: until then nothing is kept for them. */
  aside_until: number | null;
  /** What is offered, or what it has come to. */
  reservation_id: number | null;
  offered_until: number | null;
  outcome: WaiterOutcome | null;
  created_at: number;
  ended_at: number | null;
}

/** What a place in the line has come to: `gone` where nothing can be given any more. */
export type WaiterOutcome = 'started' | 'accepted' | 'declined' | 'missed' | 'left' | 'gone';

/** Seats that a course asks for, or has. `recurrence` is JSON. */
export interface BlockRow {
  id: number;
  group_id: number;
  image_id: number;
  seats: number;
  time_zone: string;
  recurrence: string;
  comment: string;
  /** Minutes after the start at which unclaimed seats go back; null: they stay. */
  grace_minutes: number | null;
  /** 1: a date that does not fit when it is approved is left out. */
  skips_short: number;
  state: BlockState;
  /** Why it is as it is, in a sentence. */
  says: string | null;
  asked_by: number;
  decided_by: number | null;
  decided_at: number | null;
  created_at: number;
  version: number;
}

/** One date of a block; `date` is that of its course's zone. */
export interface BlockDateRow {
  id: number;
  block_id: number;
  date: string;
  start_at: number;
  end_at: number;
  seats: number;
  image_id: number;
  state: BlockDateState;
  says: string | null;
  /** The end it had before it was ended early; null: nobody ended it. */
  planned_end_at: number | null;
}
