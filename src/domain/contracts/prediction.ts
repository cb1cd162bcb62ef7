import type { Aim } from './predictive.ts';

/** What prediction has to do at a place. */
export interface PreloadsDue {
  readonly now: number;
  /** Hours are over whose demand was not counted yet. */
  readonly counts: boolean;
  /** What machines are to hold from now on. */
  readonly aims: readonly Aim[];
  /** Machines that are to stay as they are. */
  readonly forget: readonly number[];
  /** Idle machines to be loaded now, the most urgent first. */
  readonly loads: readonly number[];
}

/** The changes to what is predicted, as part of a state writer. */
export interface PredictionWriter {
  /** Counts the next hours that are over. */
  countDemand(): Promise<void>;
  keepAims(aims: readonly Aim[]): Promise<void>;
  forgetAims(nodeIds: readonly number[]): Promise<void>;
  /** Cuts the load ahead that keeps a machine from somebody who wants this image; false where there is none. */
  stopAhead(nodeId: number, imageId: number): Promise<boolean>;
}
