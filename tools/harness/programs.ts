// The start scripts of the three programs: those of the checkout, or of what was packed from it.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Programs = Readonly<Record<'regd' | 'stad' | 'cli', string>>;

const apps = fileURLToPath(new URL('../../apps', import.meta.url));

export const checkoutPrograms: Programs = {
  regd: join(apps, 'regd/bin/permafrost-regd.js'),
  stad: join(apps, 'stad/bin/permafrost-stad.js'),
  cli: join(apps, 'cli/bin/permafrost.js'),
};

/** Those below a `node_modules` into which the packed programs have been installed. */
export function installedPrograms(nodeModules: string): Programs {
  return {
    regd: join(nodeModules, 'permafrost-regd/bin/permafrost-regd.js'),
    stad: join(nodeModules, 'permafrost-stad/bin/permafrost-stad.js'),
    cli: join(nodeModules, 'permafrost/bin/permafrost.js'),
  };
}
