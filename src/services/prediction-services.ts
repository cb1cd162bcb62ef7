/** What machines are loaded with before anybody asks: part of `Services`. */
import type { PredictionView, SignedIn } from './views.ts';

export interface PredictionServices {
  /** For who may see nodes. */
  prediction(me: SignedIn): Promise<PredictionView>;
  /** While it is paused every machine stays as it is, and is loaded after its person with what it had. */
  pausePrediction(me: SignedIn, paused: boolean): Promise<void>;
  /** Which predictive module looks after a pool’s machines; one that is unknown is `input.invalid`. */
  setPredictive(me: SignedIn, poolId: number, module: string): Promise<void>;
  /** How many machines are to hold an image always, ready to be had. */
  setSpares(me: SignedIn, image: string, spares: number): Promise<void>;
}
