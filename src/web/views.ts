/** The templates in views/, compiled when first shown and kept. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ejs, { type TemplateFunction } from 'ejs';

export interface Views {
  render(file: string, model: object): string;
}

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../views');

/**
 * A template includes others by their path below views/, with its own model and what it says besides. EJS's own `include`
 * would look for the file on the disk each time, which was most of what a long table cost.
 */
export function loadViews(): Views {
  const compiled = new Map<string, TemplateFunction>();
  function find(file: string): TemplateFunction {
    const found = compiled.get(file) ?? compile(file);
    compiled.set(file, found);
    return found;
  }
  function run(file: string, model: Record<string, unknown>): string {
    model.include = (other: string, over: object) => run(other, { ...model, ...over });
    return find(file)(model);
  }
  return { render: (file, model) => run(file, { ...model }) };
}

function compile(file: string): TemplateFunction {
  const filename = join(folder, `${file}.ejs`);
  return ejs.compile(readFileSync(filename, 'utf8'), { filename });
}
