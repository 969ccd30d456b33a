// `npm run man`: the man pages, in dist/man, for `man dist/man/permafrost.1`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { top } from '../pack/programs.ts';
import { sourceManPages } from './pages.ts';

const out = join(top, 'dist/man');
mkdirSync(out, { recursive: true });
for (const { file, text } of await sourceManPages()) {
  writeFileSync(join(out, file), text);
  console.log(join(out, file));
}
