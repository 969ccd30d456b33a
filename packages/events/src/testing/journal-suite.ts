// What every journal must do, run on every adapter.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nilUlid } from '../ids/ulid.ts';
import { randomUuid } from '../ids/uuid.ts';
import type { Journal } from '../journal/journal.ts';
import { bodies, Draft, headsOf, nextId, unplaced } from './draft.ts';
import { playAgainstModel } from './play-against-model.ts';
import type { JournalFixture } from './journal-fixture.ts';
import { groups } from './random-batches.ts';
import { WakeUps } from './wake-ups.ts';

/** Registers the tests of the {@link Journal} contract under a name. */
export function journalSuite(name: string, open: () => Promise<JournalFixture>): void {
  describe(`${name}: a journal`, () => {
    let fixture: JournalFixture;
    let journal: Journal;

    beforeEach(async () => {
      fixture = await open();
      journal = fixture.journal;
    });

    afterEach(() => fixture.close());

    test('keeps what was appended, as it was', async () => {
      const draft = new Draft('registry');
      const [first, second] = [draft.append('one'), draft.append('two')];
      const before = await journal.end();
      const position = await journal.commit([first, second]);
      const events = await journal.read(draft.history);
      expect(before).toBe(0);
      expect(unplaced(events).map((event) => ({ do: 'append', ...event }))).toEqual([
        first,
        second,
      ]);
      expect(events[1]?.position).toBe(position);
      expect(await journal.end()).toBe(position);
    });

    test('keeps its own copy of a body', async () => {
      const draft = new Draft();
      const change = draft.append('mine');
      await journal.commit([change]);
      if (change.do === 'append') change.body.fill(0);
      expect(bodies(await journal.read(draft.history))).toEqual(['mine']);
    });

    test('keeps an empty body and one of many megabytes', async () => {
      const draft = new Draft();
      const big = 'ice '.repeat(2 ** 20);
      await journal.commit([draft.append(''), draft.append(big)]);
      const [empty, large] = bodies(await journal.read(draft.history));
      expect(empty).toBe('');
      expect(large === big).toBe(true);
    });

    test('reads after an event, and no more than asked for', async () => {
      const draft = new Draft();
      const ids = Array.from({ length: 5 }, nextId);
      await journal.commit(ids.map((id, i) => draft.append(i.toString(), { id })));
      const read = async (options: { after?: number; limit?: number }) => {
        const after = options.after === undefined ? nilUlid : (ids[options.after] ?? nilUlid);
        return bodies(await journal.read(draft.history, { ...options, after })).join('');
      };
      expect(await read({})).toBe('01234');
      expect(await read({ after: 1 })).toBe('234');
      expect(await read({ after: 4 })).toBe('');
      expect(await read({ limit: 2 })).toBe('01');
      expect(await read({ after: 1, limit: 2 })).toBe('23');
      expect(await read({ after: 3, limit: 2 })).toBe('4');
      expect(await read({ limit: 0 })).toBe('');
    });

    test('refuses to read after an event of another history', async () => {
      const [mine, other] = [new Draft(), new Draft()];
      await journal.commit([mine.append(), other.append()]);
      const unknown = { code: 'UNKNOWN_EVENT', retry: 'never' };
      await expect(journal.read(mine.history, { after: other.vid })).rejects.toMatchObject(unknown);
      await expect(journal.read(mine.history, { after: nextId() })).rejects.toMatchObject(unknown);
    });

    test('has no events in a history that never was, whatever they come after', async () => {
      expect(await journal.read(randomUuid())).toEqual([]);
      expect(await journal.read(randomUuid(), { after: nextId() })).toEqual([]);
      expect(await journal.head(randomUuid())).toBeUndefined();
    });

    test('appends a batch to several histories in the order given', async () => {
      const [workflow, index, repo] = [
        new Draft('workflow'),
        new Draft('index'),
        new Draft('repo'),
      ];
      await journal.commit([index.append('a'), workflow.append('b'), repo.append('c')]);
      await journal.commit([repo.append('d'), index.append('e'), repo.append('f')]);
      const all = await journal.readAll(0, 100);
      expect(bodies(all).join('')).toBe('abcdef');
      expect(all.map(({ kind }) => kind).join(' ')).toBe('index workflow repo repo index repo');
      expect(bodies(await journal.read(repo.history)).join('')).toBe('cdf');
    });

    test('numbers all events in one growing order', async () => {
      const drafts = [new Draft(), new Draft(), new Draft()];
      for (const draft of drafts) await journal.commit([draft.append(), draft.append()]);
      const positions = (await journal.readAll(0, 100)).map(({ position }) => position);
      expect(positions).toHaveLength(6);
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      expect(positions[0]).toBeGreaterThan(0);
      const rest = await journal.readAll(positions[2] ?? 0, 2);
      expect(rest.map(({ position }) => position)).toEqual(positions.slice(3, 5));
    });

    test('refuses a batch that was decided on an old version, as a whole', async () => {
      const [moved, untouched] = [new Draft('repo'), new Draft('index')];
      await journal.commit([moved.append('first')]);
      const expected = moved.vid;
      await journal.commit([moved.append('faster')]);
      const stored = moved.vid;
      const late = [untouched.append(), moved.append('late', { parent: expected })];
      await expect(journal.commit(late)).rejects.toMatchObject({
        code: 'JOURNAL_CONFLICT',
        retry: 'later',
        history: moved.history,
        message: `version conflict: stored VID ${stored} != expected VID ${expected}`,
      });
      expect(bodies(await journal.readAll(0, 100))).toEqual(['first', 'faster']);
      expect(await journal.head(untouched.history)).toBeUndefined();
    });

    test('refuses a first event that has a parent, and a second that has none', async () => {
      const draft = new Draft();
      const conflict = { code: 'JOURNAL_CONFLICT' };
      const orphan = draft.append('', { parent: nextId() });
      await expect(journal.commit([orphan])).rejects.toMatchObject(conflict);
      await journal.commit([draft.append('', { parent: nilUlid })]);
      const again = draft.append('', { parent: nilUlid });
      await expect(journal.commit([again])).rejects.toMatchObject(conflict);
    });

    test('lets only the batch fail that conflicts, among those of the same moment', async () => {
      const [contested, other] = [new Draft(), new Draft()];
      const outcomes = await Promise.allSettled([
        journal.commit([contested.append('won', { parent: nilUlid })]),
        journal.commit([
          new Draft().append('undone'),
          contested.append('lost', { parent: nilUlid }),
        ]),
        journal.commit([other.append('free')]),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(bodies(await journal.readAll(0, 100))).toEqual(['won', 'free']);
    });

    test('lets only the batch fail that no adapter can write', async () => {
      const good = journal.commit([new Draft().append('good')]);
      const bad = journal.commit([{ ...new Draft().append(), history: 'no uuid' } as never]);
      await Promise.allSettled([good, bad]);
      await expect(good).resolves.toBeGreaterThan(0);
      expect(bodies(await journal.readAll(0, 100))).toContain('good');
    });

    test('passes a batch only while the expected heads stand', async () => {
      const [watched, written] = [new Draft('registry'), new Draft('repo')];
      await journal.commit([written.expect(), watched.append('registered')]);
      await journal.commit([watched.expect(), written.append('on it')]);
      const old = watched.vid;
      await journal.commit([watched.append('moved on')]);
      const parent = written.vid;
      await expect(
        journal.commit([written.append('too late'), watched.expect(old)]),
      ).rejects.toMatchObject({ code: 'JOURNAL_CONFLICT', history: watched.history });
      expect((await journal.head(written.history))?.vid).toBe(parent);
    });

    test('counts what the batch itself has done so far', async () => {
      const draft = new Draft();
      const position = await journal.commit([
        draft.append('one'),
        draft.expect(),
        draft.append('two'),
        draft.delete(),
      ]);
      expect(position).toBeGreaterThan(0);
      expect(await journal.read(draft.history)).toEqual([]);
      expect((await journal.head(draft.history))?.deleted).toBe(true);
    });

    test('answers an empty batch, and one that only expects, with its end', async () => {
      const draft = new Draft();
      expect(await journal.commit([])).toBe(0);
      const end = await journal.commit([draft.append()]);
      expect(await journal.commit([])).toBe(end);
      expect(await journal.commit([draft.expect()])).toBe(end);
    });

    test('refuses an event for a history of another kind', async () => {
      const draft = new Draft('repo');
      await journal.commit([draft.append()]);
      const change = { ...draft.append(), kind: 'index' } as const;
      await expect(journal.commit([change])).rejects.toMatchObject({
        code: 'HISTORY_OF_OTHER_KIND',
        history: draft.history,
      });
    });

    test('frees the ids of a history with the very line that deletes it', async () => {
      const [gone, next] = [new Draft(), new Draft()];
      await journal.commit([gone.append()]);
      const id = gone.vid;
      await journal.commit([gone.delete(), next.append('again', { id })]);
      expect(bodies(await journal.readAll(0, 100))).toEqual(['again']);
    });

    test('refuses an event id that is taken, in whatever history, and the nil id', async () => {
      const draft = new Draft();
      const duplicate = { code: 'DUPLICATE_EVENT' };
      await journal.commit([draft.append()]);
      const id = draft.vid;
      const elsewhere = new Draft().append('', { id });
      await expect(journal.commit([elsewhere])).rejects.toMatchObject(duplicate);
      const again = draft.append('', { id, parent: id });
      await expect(journal.commit([again])).rejects.toMatchObject(duplicate);
      const nil = new Draft().append('', { id: nilUlid });
      await expect(journal.commit([nil])).rejects.toMatchObject(duplicate);
      expect(await journal.readAll(0, 100)).toHaveLength(1);
    });

    test('deletes a history for good', async () => {
      const [gone, kept] = [new Draft('workflow'), new Draft('index')];
      await journal.commit([kept.append('kept'), gone.append('gone')]);
      const end = await journal.end();
      await journal.commit([gone.delete()]);
      expect(await journal.read(gone.history)).toEqual([]);
      expect(await journal.read(gone.history, { after: gone.vid })).toEqual([]);
      expect(bodies(await journal.readAll(0, 100))).toEqual(['kept']);
      expect(await journal.head(gone.history)).toEqual({
        history: gone.history,
        kind: 'workflow',
        vid: nilUlid,
        deleted: true,
      });
      expect(await journal.end()).toBe(end);
      // A position is never given twice, though its event is gone.
      expect(await journal.commit([kept.append('next')])).toBeGreaterThan(end);
    });

    test('takes nothing more for a deleted history, which has the nil head for ever', async () => {
      const draft = new Draft();
      await journal.commit([draft.append()]);
      await journal.commit([draft.delete()]);
      const lines = [
        draft.append(),
        draft.append('', { parent: nilUlid }),
        draft.delete(draft.vid),
        draft.delete(nilUlid),
      ];
      for (const line of lines) {
        await expect(journal.commit([line])).rejects.toMatchObject({
          code: 'HISTORY_DELETED',
          retry: 'never',
          history: draft.history,
        });
      }
      await journal.commit([draft.expect(nilUlid)]);
      await expect(journal.commit([draft.expect(nextId())])).rejects.toMatchObject({
        code: 'JOURNAL_CONFLICT',
      });
    });

    test('refuses to delete a history that has moved on, and ignores one that never was', async () => {
      const draft = new Draft();
      await journal.commit([draft.append()]);
      const old = draft.vid;
      await journal.commit([draft.append()]);
      await expect(journal.commit([draft.delete(old)])).rejects.toMatchObject({
        code: 'JOURNAL_CONFLICT',
      });
      const never = new Draft();
      await journal.commit([never.delete()]);
      expect(await journal.head(never.history)).toBeUndefined();
      await journal.commit([never.append()]);
    });

    test('lists every head in the order of ids', async () => {
      const drafts = Array.from({ length: 5 }, () => new Draft('repo'));
      await journal.commit(drafts.map((draft) => draft.append()));
      await journal.commit(drafts.slice(0, 1).map((draft) => draft.delete()));
      const expected = drafts.map(({ history, kind, vid }, i) =>
        i === 0
          ? { history, kind, vid: nilUlid, deleted: true }
          : { history, kind, vid, deleted: false },
      );
      expect(await headsOf(journal)).toEqual(
        expected.sort((a, b) => (a.history < b.history ? -1 : 1)),
      );
    });

    test('tells the version that a history had when an event was appended', async () => {
      const [repo, workflow, later] = [new Draft('repo'), new Draft('workflow'), new Draft()];
      await journal.commit([repo.append('one')]);
      const one = repo.vid;
      await journal.commit([workflow.append('begin'), repo.append('two')]);
      const begin = workflow.vid;
      await journal.commit([repo.append('three'), later.append()]);
      expect(await journal.headBefore(repo.history, begin)).toBe(one);
      expect(await journal.headBefore(repo.history, one)).toBe(nilUlid);
      expect(await journal.headBefore(later.history, begin)).toBe(nilUlid);
      expect(await journal.headBefore(new Draft().history, begin)).toBe(nilUlid);
      await expect(journal.headBefore(repo.history, nextId())).rejects.toMatchObject({
        code: 'UNKNOWN_EVENT',
      });
    });

    test('wakes its listeners after a commit, once for commits of the same moment', async () => {
      const draft = new Draft();
      const [one, other] = [new WakeUps(journal), new WakeUps(journal)];
      const woken = Promise.all([one.next(), other.next()]);
      await Promise.all([
        journal.commit([draft.append()]),
        journal.commit([draft.append()]),
        journal.commit([draft.append()]),
      ]);
      await woken;
      expect(one.count).toBeGreaterThan(0);
      const again = one.next();
      await journal.commit([draft.delete()]);
      await again;
    });

    test('does not wake who has left', async () => {
      const draft = new Draft();
      const [gone, here] = [new WakeUps(journal), new WakeUps(journal)];
      gone.stop();
      gone.stop();
      const woken = here.next();
      await journal.commit([draft.append()]);
      await woken;
      expect(gone.count).toBe(0);
    });

    test('has committed before it wakes', async () => {
      const draft = new Draft();
      const seen = new Promise<number>((resolve, reject) => {
        journal.subscribe(() => {
          journal.end().then(resolve, reject);
        });
      });
      const position = await journal.commit([draft.append()]);
      expect(await seen).toBe(position);
    });

    test('answers nothing once closed', async () => {
      const draft = new Draft();
      await journal.commit([draft.append()]);
      await journal.close();
      await journal.close();
      const closed = { code: 'JOURNAL_CLOSED' };
      const { history } = draft;
      await expect(journal.commit([draft.append()])).rejects.toMatchObject(closed);
      await expect(journal.read(history)).rejects.toMatchObject(closed);
      await expect(journal.readAll(0, 1)).rejects.toMatchObject(closed);
      await expect(journal.head(history)).rejects.toMatchObject(closed);
      await expect(journal.end()).rejects.toMatchObject(closed);
      await expect(headsOf(journal)).rejects.toMatchObject(closed);
      expect(() => journal.subscribe(() => undefined)).toThrow(expect.objectContaining(closed));
    });

    test('behaves like the naive model', async () => {
      await fc.assert(
        fc.asyncProperty(groups, async (plan) => {
          const run = await open();
          try {
            await playAgainstModel(run.journal, plan);
          } finally {
            await run.close();
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}
