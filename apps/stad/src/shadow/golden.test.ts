// What the other implementation stored for the same trees, to the byte.
import { describe, expect, it } from 'vitest';
import { buildGoldenTree, bytes, goldenShadow as golden } from '../testing/golden-shadow.ts';
import { Scratch, watch } from './scratch.ts';

describe('the recorded history', () => {
  it('comes out with the same trees and blobs', async () => {
    using scratch = new Scratch();
    const time = { value: new Date(0) };
    const committer = { name: 'nogfsostad', email: 'nogfsostad@example.org' };
    const repo = scratch.repo({ committer, now: () => time.value });
    for (const { cause, treeState, tree, subject, author, entries } of golden.commits) {
      time.value = new Date(author.date);
      if (cause === 'repo init') {
        await repo.init(scratch.location, author);
      } else {
        buildGoldenTree(scratch.data, treeState);
        const request = {
          author,
          attrs: cause === 'freeze' ? 'i' : '',
          mtimeRangeOnly: cause.includes('mtime range'),
        } as const;
        const { changed } = await repo.snapshot(scratch.location, request, watch());
        expect(changed, cause).toBe(true);
      }
      const expected = entries.map(
        ([, , path, content]) =>
          [bytes(path).toString('latin1'), bytes(content).toString('latin1')] as const,
      );
      expect(Object.fromEntries(scratch.recorded()), cause).toEqual(Object.fromEntries(expected));
      expect(scratch.git('rev-parse', 'master-stat^{tree}').trim(), cause).toBe(tree);
      const head = await repo.readHead(scratch.location, watch().signal);
      expect(head).toMatchObject({
        author: { name: author.name, email: author.email },
        authoredAt: time.value,
      });
      // Times are in the local zone, so the subject is the same text only in UTC.
      expect(head.subject.replace(/\d{4}-\S+?(?=:? |$)/, '')).toBe(
        subject.replace(/\d{4}-\S+?(?=:? |$)/, ''),
      );
    }
    expect(scratch.git('fsck', '--strict')).toBe('');
  });

  it('starts from the same branches and settings', async () => {
    using scratch = new Scratch();
    const { name, email } = golden.commits[0]?.author ?? { name: '', email: '' };
    await scratch.repo().init(scratch.location, { name, email });
    const refs = scratch.git('for-each-ref', '--format=%(refname)').trim().split('\n');
    expect(refs).toEqual(golden.refs.map((ref) => ref.split(' ')[0]));
    expect(scratch.git('symbolic-ref', 'HEAD').trim()).toBe('refs/heads/master-stub');
    for (const [key, value] of Object.entries(golden.config)) {
      const expected = key === 'fso.realdir' ? scratch.data : value;
      expect(scratch.git('config', key).trim()).toBe(expected);
    }
  });
});
