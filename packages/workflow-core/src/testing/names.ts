// The names that tests use, so that each test says only what matters to it.
import {
  namedUuid,
  parseUuid,
  registryId,
  type Author,
  type RepoInit,
  type Root,
  type Ulid,
  type Uuid,
} from '@permafrost/events';

const space = parseUuid('3f8b1c52-6f0e-4b0a-9a51-0c7a5e5b7a11');

/** The id that a word always has. */
export function idOf(word: string): Uuid {
  return namedUuid(word, space);
}

/** The `n`th event id of a test. */
export function eventId(n: number): Ulid {
  return n.toString().padStart(26, '0').replace(/^0/, '1') as Ulid;
}

export const author: Author = { name: 'A U Thor', email: 'author@example.org' };

export const root: Root = {
  globalRoot: '/example/data',
  host: 'files.example.org',
  hostRoot: '/srv/data',
  gitlabNamespace: '',
};

export const repoInit: RepoInit = {
  registry: 'exreg',
  globalPath: '/example/data/run',
  creator: author,
  fileHost: root.host,
  hostPath: '/srv/data/run',
  subdirTracking: 'enter-subdirs',
  gitlabHost: '',
  gitlabPath: '',
};

export const exreg: Uuid = registryId('exreg');
