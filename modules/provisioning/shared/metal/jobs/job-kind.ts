/** What a kind of job must be: something that a machine's agent does, and the image server helps it with. */
import type { z } from 'zod';
import type { LoadPhase } from '../../../../../src/domain/load-phases.ts';
import type { HttpRequest, HttpResponse } from '../../../../../src/lib/http-server.ts';
import type { Inventory } from '../inventory.ts';
import type { JobBase } from './job-base.ts';

/** A part of the work, as the agent names it when it says how far it is. */
export interface PhaseWords {
  /** For the page: "writing the disk". */
  readonly step: string;
  /** What a machine did that went silent in it, behind its name: "stopped while its disk was being written". */
  readonly silence: string;
  /** Of a load: which of its phases this is, or belongs to. */
  readonly phase?: LoadPhase;
}

/** A request by the agent that has the job. */
export interface Asked<Job extends JobBase> {
  readonly directory: string;
  readonly job: Job;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly url: URL;
}

/** The machine cannot do this job: the sentence goes to the job as its failure, and nothing is done. */
export class Unfit extends Error {}

export interface JobKind<Schema extends z.ZodType<JobBase>> {
  readonly schema: Schema;
  /**
   * True where it is done each time that its machine starts, until the job is taken away: once, unless told. Who comes by an
   * address is not believed that it restarted by itself: for it the module says each time that it starts its machine.
   */
  readonly again?: boolean;
  /** Between the look at the hardware and the end, in their order; the agent says `PHASE [PER MILLE]` of them. */
  readonly phases: Readonly<Record<string, PhaseWords>>;
  /** For the page, when all was done: "the disk is written". */
  readonly done: string;
  /**
   * What the agent's script `agent/<action>` is to know, by the names it has for it (src/lib/images/agent). Throws Unfit
   * before anything is done to a machine that this cannot be done to. `from`: the address that the agent called from; null
   * where that was by its machine's own socket.
   */
  orders(
    directory: string,
    job: z.output<Schema>,
    machine: Inventory,
    from: string | null,
  ): Promise<Readonly<Record<string, string | number>>>;
  /** Answers what this kind alone is asked, `GET /agent/stream` for one; false for anything else. Throws Refused. */
  serve(door: string, asked: Asked<z.output<Schema>>): Promise<boolean>;
}

/** Gives a kind its types from its schema. */
export function defineJobKind<Schema extends z.ZodType<JobBase>>(kind: JobKind<Schema>): JobKind<Schema> {
  return kind;
}
