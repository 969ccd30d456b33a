// The node_modules of the installed programs: what they need when they run, for one architecture.
import { cpSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import { top } from '../programs.ts';
import type { Architecture } from './architecture.ts';
import { fetchPackage, findPackage, manifestOf, type Manifest } from './npm-source.ts';

/** Needed to build what comes built, or to read what is bundled; and man pages, which are elsewhere. */
const SKIPPED = /\.(map|[cm]?ts|gyp|gypi|[18])$/;
const SKIPPED_PACKAGES = ['node-addon-api'];
const SKIPPED_FOLDERS = ['better-sqlite3/deps', 'better-sqlite3/src', 'koffi/vendor'];

export class NodeModules {
  readonly #stage: string;
  readonly #architecture: Architecture;
  readonly #downloads: string;
  readonly #copied = new Set<string>();

  /** Goes to `stage`/node_modules; what has to be downloaded, to `downloads` first. */
  constructor(stage: string, architecture: Architecture, downloads: string) {
    this.#stage = stage;
    this.#architecture = architecture;
    this.#downloads = downloads;
  }

  /** Copies a package from `folder`, and all that it depends on. */
  async add(
    name: string,
    folder: string,
    place: string = join('node_modules', name),
  ): Promise<void> {
    if (this.#copied.has(place)) return;
    this.#copied.add(place);
    const suffix = `linux-${this.#architecture.node}.node`;
    cpSync(folder, join(this.#stage, place), {
      recursive: true,
      filter: (path) => isNeeded(relative(join(folder, '..'), path), suffix),
    });
    await this.#addDependencies(folder, manifestOf(folder));
  }

  async #addDependencies(folder: string, manifest: Manifest): Promise<void> {
    const { dependencies = {}, optionalDependencies = {} } = manifest;
    const lookFrom = folder.startsWith(join(top, 'node_modules')) ? folder : top;
    for (const name of Object.keys(dependencies)) {
      if (name in optionalDependencies || SKIPPED_PACKAGES.includes(name)) continue;
      const found = findPackage(name, lookFrom);
      if (!found) throw new Error(`${name} is not installed: npm ci`);
      await this.add(name, found, relative(top, found));
    }
    // Binaries, one package for each kind of machine.
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!name.endsWith(`-linux-${this.#architecture.node}`)) continue;
      const found = findPackage(name, lookFrom);
      await this.add(name, found ?? (await fetchPackage(name, version, this.#downloads)));
    }
  }
}

function isNeeded(path: string, binarySuffix: string): boolean {
  const inPackage = path.split('/').slice(0, 2).join('/');
  return !(
    basename(path) === 'node_modules' ||
    SKIPPED.test(path) ||
    SKIPPED_FOLDERS.includes(inPackage) ||
    (path.includes('/prebuilds/') && extname(path) === '.node' && basename(path) !== binarySuffix)
  );
}
