/**
 * What was typed into a form that came after its session had ended. It waits in the sign-in form, sealed with the ended
 * session's secret: only the same browser can send it on, only its own person gets it back, and the server keeps nothing.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { ownerOf } from './form-token.ts';

export interface KeptForm {
  readonly owner: number;
  readonly action: string;
  readonly typed: Readonly<Record<string, string>>;
}

const cipher = 'aes-256-gcm';
const mostBytes = 24_000;
/** Never kept, not even sealed. */
const secretField = /password|^old$|^again$/;
/** Of one page alone. */
const ownToThePage = /^(csrf|once|from)$/;

/** The form as text for a hidden field; null when nothing was typed, when it holds a password, or when it is not of that session. */
export function keepForm({ path, body }: Pick<Request, 'path' | 'body'>, ended: string): string | null {
  const fields = Object.entries((body ?? {}) as Record<string, unknown>);
  const owner = ownerOf(ended, (body as { csrf?: unknown } | undefined)?.csrf);
  const typed = fields.filter(([name, value]) => !ownToThePage.test(name) && typeof value === 'string');
  if (owner === null || typed.length === 0 || fields.some(([name]) => secretField.test(name))) return null;
  const form: KeptForm = { owner, action: path, typed: Object.fromEntries(typed) as Record<string, string> };
  const text = Buffer.from(JSON.stringify(form));
  if (text.length > mostBytes) return null;
  const nonce = randomBytes(12);
  const seal = createCipheriv(cipher, keyOf(ended), nonce);
  return Buffer.concat([nonce, seal.update(text), seal.final(), seal.getAuthTag()]).toString('base64url');
}

/** What `keepForm` kept; null for what it did not make with this secret. */
export function openKept(kept: unknown, ended: string): KeptForm | null {
  if (typeof kept !== 'string' || kept === '') return null;
  try {
    const bytes = Buffer.from(kept, 'base64url');
    const open = createDecipheriv(cipher, keyOf(ended), bytes.subarray(0, 12), { authTagLength: 16 });
    open.setAuthTag(bytes.subarray(-16));
    return JSON.parse(
      Buffer.concat([open.update(bytes.subarray(12, -16)), open.final()]).toString(),
    ) as KeptForm;
  } catch {
    return null;
  }
}

function keyOf(secret: string): Buffer {
  return createHmac('sha256', secret).update('labrador kept form').digest();
}
