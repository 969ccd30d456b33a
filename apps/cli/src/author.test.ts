import { expect, it } from 'vitest';
import { parseAuthor } from './author.ts';

it.each([
  ['A U Thor <author@example.org>', { name: 'A U Thor', email: 'author@example.org' }],
  ['Zoë\t<zoe@example.org>', { name: 'Zoë', email: 'zoe@example.org' }],
  ['A <b>', { name: 'A', email: 'b' }],
])('reads %s', (text, author) => expect(parseAuthor(text)).toEqual(author));

it.each(['', 'A U Thor', '<a@b>', ' <a@b>', 'A<a@b>', 'A <a@b', 'A <>', 'A <a@b> x'])(
  'does not read %j',
  (text) => expect(parseAuthor(text)).toBeUndefined(),
);
