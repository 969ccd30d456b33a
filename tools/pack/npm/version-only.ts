// A program tells its version, and needs nothing else of a package.json. The rest would name packages
// that the program does not have.
import type { Plugin } from 'rolldown';

export const versionOnly: Plugin = {
  name: 'version-only',
  transform(code, id) {
    if (!id.endsWith('/package.json')) return;
    const { version } = JSON.parse(code) as { version: string };
    return JSON.stringify({ version });
  },
};
