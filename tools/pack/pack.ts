// `npm run pack`: an npm package of each program, in dist/.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packNpm } from './npm/npm-package.ts';
import { programs, top } from './programs.ts';

const out = join(top, 'dist');
mkdirSync(out, { recursive: true });
for (const program of programs) console.log(await packNpm(program, out));
