import type { FieldErrors } from '../../../domain/errors.ts';
import type { ImageNameView } from '../../../services/views.ts';

/** *Capture*: what the machine is to be saved as. */
export interface CapturePage {
  readonly href: string;
  readonly title: string;
  /** Images that may get another revision. */
  readonly images: readonly ImageNameView[];
  readonly typed: TypedCapture;
  readonly message: string | null;
  readonly fields: FieldErrors;
  readonly once: string;
}

export interface TypedCapture {
  readonly as: 'new' | 'revision';
  readonly title: string;
  readonly name: string;
  readonly revisionOf: string;
  readonly comment: string;
  readonly after: 'end' | 'go-on';
}
