import type { AimReason } from '../../domain/contracts/predictive.ts';

/** What a machine is to hold next, and why. */
export interface AimView {
  /** Its image’s name; null: nothing. */
  readonly image: string | null;
  readonly because: AimReason;
}

/** How many people wanted a machine at once, and how many of them found their image loaded. */
export interface HitsView {
  readonly atOnce: number;
  readonly found: number;
}

/** An image, as far as it is loaded before anybody asks. */
export interface PredictedImageView extends HitsView {
  readonly name: string;
  readonly title: string;
  /** So many machines are to hold it always. */
  readonly spares: number;
  /** Machines that are likely to be taken at once within the next hour. */
  readonly expected: number;
  /** Idle machines that hold it; that are being loaded with it; that are loaded with it after whoever has them. */
  readonly ready: number;
  readonly loading: number;
  readonly next: number;
}

export interface PredictionView {
  readonly now: number;
  /** Null: machines are loaded ahead. */
  readonly pausedAt: number | null;
  readonly modules: readonly { readonly id: string; readonly title: string; readonly says: string }[];
  readonly pools: readonly {
    readonly id: number;
    readonly name: string;
    readonly module: string;
    readonly nodes: number;
  }[];
  /** The most expected first. */
  readonly images: readonly PredictedImageView[];
  /** Of all images, within the last week as far as its hours are over. */
  readonly lastWeek: HitsView;
  /** Until when that is counted; null: nothing was counted yet. */
  readonly countedUntil: number | null;
}
