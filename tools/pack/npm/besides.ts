// Keeps `new URL('./name', import.meta.url)` true in a bundle. Our modules name the threads that they
// start, and the files that they read, in this way; so these are put beside the bundle.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Plugin } from 'rolldown';

/** `${extname(import.meta.url)}` stands for what a module itself has: .ts now, .js in the bundle. */
const OWN_EXTENSION = '${extname(import.meta.url)}';
const NAMED = /new URL\(\s*(["'`])([^"'`]+)\1,\s*import\.meta\.url,?\s*\)/g;
const LOST = /import\.meta\.(?:dirname|filename)/;

export const besides: Plugin = {
  name: 'besides',
  transform(code, id) {
    if (id.includes('/node_modules/')) return;
    if (LOST.test(code)) throw new Error(`${id}: a bundle lies elsewhere, use new URL('./…')`);
    for (const [, , name = ''] of code.matchAll(NAMED)) {
      if (name.startsWith('../')) throw new Error(`${id}: ${name} is not beside it`);
      if (name.endsWith(OWN_EXTENSION)) {
        const stem = name.slice(0, -OWN_EXTENSION.length);
        const module = resolve(id, '..', `${stem}.ts`);
        this.emitFile({ type: 'chunk', id: module, fileName: `${basename(stem)}.js` });
      } else if (name.endsWith('/')) {
        const folder = resolve(id, '..', name);
        for (const file of readdirSync(folder)) {
          const source = readFileSync(join(folder, file));
          this.emitFile({ type: 'asset', fileName: join(name, file), source });
        }
      } else {
        const source = readFileSync(resolve(id, '..', name));
        this.emitFile({ type: 'asset', fileName: join(name), source });
      }
    }
  },
};
