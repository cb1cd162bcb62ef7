import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { backUp } from '../services/backup/backup.ts';
import type { Manifest } from '../services/backup/manifest.ts';
import { restore } from '../services/backup/restore.ts';
import { readConfig, withInstallation } from './installation.ts';
import { say } from './say.ts';

/** `labrador backup FILE` */
export function backup(file: string, options: { images: boolean }): Promise<void> {
  return withInstallation(async ({ deps, data }) => {
    const manifest = await backUp(deps, data, { file, ...options });
    say(
      `${resolve(file)} holds everything, with the master key: who can read it can read every stored secret.`,
    );
    say('Only this account may read it; keep it where that stays so.');
    const out = manifest.images.filter((image) => !image.included);
    if (out.length > 0)
      say(`It does not hold the ${files(out.length)} in ${data.images} (--images packs them, too).`);
  });
}

/** `labrador restore FILE` */
export async function restoreHere(file: string): Promise<void> {
  const { data, databaseUrl } = readConfig();
  const manifest = await restore(resolve(file), { data, databaseUrl });
  say(`${data} holds the installation as it was at ${manifest.createdAt}.`);
  for (const line of missingImages(manifest, data)) say(line);
  say('It is disarmed: "labrador start" shows it, and no machine is touched until "labrador arm".');
  say('Make sure first that the old one does not run any more.');
}

function missingImages({ images }: Manifest, data: string): string[] {
  const missing = images.filter(({ file }) => !existsSync(join(data, file)));
  if (missing.length === 0) return [];
  return [
    'These image files are not in the backup. Copy them before arming it:',
    ...missing.map(({ file, sha256 }) => `  ${join(data, file)}${sha256 ? ` (SHA-256 ${sha256})` : ''}`),
  ];
}

function files(count: number): string {
  return count === 1 ? 'image file' : `${count} image files`;
}
