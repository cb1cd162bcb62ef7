/** An image file that must not be used; the message is one sentence for the person who brought it. */
export class ImageRefused extends Error {
  override readonly name = 'ImageRefused';
  /** The sentence. */
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}
