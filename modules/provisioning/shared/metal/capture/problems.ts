/** What goes wrong while an image is made of what was read, in sentences for people. */
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { ExecError } from '../../../../../src/lib/exec.ts';
import { ImageRefused } from '../../../../../src/lib/images/image-refused.ts';
import { ImageBuildError } from '../../../../../src/lib/images/image-tools.ts';

/**
 * The machine and its disk are kept for their person, whatever it was: nothing that an agent says of a disk that it only read
 * makes the node a broken one. What is no error of this kind is left as it is.
 */
export function asCaptureError(error: unknown): unknown {
  if (error instanceof ModuleError) return ofKind(error);
  if (!(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || /No space left on device/.test(error.message))
    return new ModuleError('refused', 'There is no room left for the image on the server', { cause: error });
  if (code === 'EXDEV') return onTwoDisks(error);
  if (error instanceof ImageBuildError) return new ModuleError('refused', error.message, { cause: error });
  if (error instanceof ImageRefused || error instanceof ExecError)
    return new ModuleError('failed', error.message, { cause: error });
  return error;
}

/** An image is made in the pool's folder, and is moved to where it stays as a whole. */
export function onTwoDisks(cause?: Error): ModuleError {
  const says = 'The folders images and pools of the data directory must lie on one disk';
  return new ModuleError('refused', says, { cause });
}

function ofKind(error: ModuleError): ModuleError {
  const { kind, message, facts } = error;
  if (facts.code === 'room') return new ModuleError('refused', message, { cause: error, facts });
  return kind === 'node_broken' ? new ModuleError('failed', message, { cause: error, facts }) : error;
}
