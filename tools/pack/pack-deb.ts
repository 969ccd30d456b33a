// `npm run pack:deb [-- --arch amd64|arm64]`: the Debian package, in dist/.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { architecture } from './deb/architecture.ts';
import { packDeb } from './deb/deb-package.ts';
import { top } from './programs.ts';

const { values } = parseArgs({ options: { arch: { type: 'string' } } });
const out = join(top, 'dist');
mkdirSync(out, { recursive: true });
console.log(await packDeb(architecture(values.arch), out));
