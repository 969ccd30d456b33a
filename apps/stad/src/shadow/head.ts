// Reads a commit as git stores it.
import { FilesFault, type Author } from '@permafrost/workflow-core';
import type { StoredObject } from './object-reader.ts';

export type Head = Readonly<{
  /** 40 hex digits. */
  commit: string;
  author: Author;
  authoredAt: Date;
  subject: string;
}>;

/** Throws FILES_GIT_FAILED when the object is no commit. */
export function parseHead({ id, content }: StoredObject): Head {
  const text = content.toString('utf8');
  const [, name, email, seconds] = /^author (.*?) ?<(.*)> (-?\d+) [+-]\d{4}$/m.exec(text) ?? [];
  if (name === undefined || email === undefined || seconds === undefined) {
    throw new FilesFault('FILES_GIT_FAILED', `object ${id} is no commit`, { retry: 'never' });
  }
  const message = text.slice(text.indexOf('\n\n') + 2);
  return {
    commit: id,
    author: { name, email },
    authoredAt: new Date(Number(seconds) * 1000),
    subject: message.split('\n', 1)[0] ?? '',
  };
}
