/** The templates in views/, compiled when first shown and kept. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ejs, { type TemplateFunction } from 'ejs';

export interface Views {
  render(file: string, model: object): string;
}

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../views');

export function loadViews(): Views {
  const compiled = new Map<string, TemplateFunction>();
  function find(file: string): TemplateFunction {
    const filename = join(folder, `${file}.ejs`);
    const found =
      compiled.get(file) ??
      ejs.compile(readFileSync(filename, 'utf8'), { filename, views: [folder], cache: true });
    compiled.set(file, found);
    return found;
  }
  return { render: (file, model) => find(file)(model) };
}
