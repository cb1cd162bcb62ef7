import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../../lib/atomic-file.ts';
import { exec } from '../../../lib/exec.ts';

export interface Certificate {
  /** Private key and certificate, one after the other. */
  readonly pem: string;
  /** SHA-256, lower-case hex: what it is known by, since nobody vouches for it. */
  readonly fingerprint: string;
}

const file = 'redfish.pem';
const years = 10;

/** The certificate kept in a folder, signed by itself; made at the first time. */
export async function ownCertificate(folder: string, name: string): Promise<Certificate> {
  const path = join(folder, file);
  const kept = await readFile(path, 'utf8').catch(() => null);
  if (kept !== null) return readCertificate(kept);
  const made = await makeCertificate(name);
  await writeFileAtomic(path, made);
  return readCertificate(made);
}

/** The key, and what vouches for it, one after the other in PEM. */
async function makeCertificate(name: string): Promise<string> {
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];
  const subject = ['-subj', `/CN=${name}`, '-days', String(years * 365)];
  return (await exec('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', '-', '-out', '-'])).stdout;
}

function readCertificate(pem: string): Certificate {
  const { fingerprint256 } = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----')));
  return { pem, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() };
}
