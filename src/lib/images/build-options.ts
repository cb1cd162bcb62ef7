/** What every image builder is told and answers. */

export interface BuildOptions {
  /** The folder the image is written to. */
  readonly outDir: string;
  /** Where downloaded packages are kept for the next time. */
  readonly cacheDir?: string;
  readonly signal?: AbortSignal;
  /** Told what is being done, in a few words. */
  readonly progress?: (step: string) => void;
}

export interface BuiltImage {
  readonly file: string;
  /** MB of memory it wants at least. */
  readonly memory: number;
}
