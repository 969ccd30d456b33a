// What a journal must do when several processes have it open, each with a handle of its own.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nilUlid } from '../ids/ulid.ts';
import type { Journal } from '../journal/journal.ts';
import { bodies, Draft, nextId } from './draft.ts';
import type { SharedJournalFixture } from './journal-fixture.ts';
import { WakeUps } from './wake-ups.ts';

/** Registers the tests for adapters that can have several handles, under a name. */
export function sharedJournalSuite(name: string, open: () => Promise<SharedJournalFixture>): void {
  describe(`${name}: a journal with two handles`, () => {
    let fixture: SharedJournalFixture;
    let journal: Journal;

    beforeEach(async () => {
      fixture = await open();
      journal = fixture.journal;
    });

    afterEach(() => fixture.close());

    test('shows the commits of one handle on the others, and wakes them', async () => {
      const other = await fixture.another();
      const draft = new Draft();
      await journal.commit([draft.append('here')]);
      expect(bodies(await other.read(draft.history))).toEqual(['here']);
      const wakeUps = new WakeUps(journal);
      const woken = wakeUps.next();
      await other.commit([draft.append('there')]);
      await woken;
      expect(bodies(await journal.read(draft.history))).toEqual(['here', 'there']);
    });

    test('lets exactly one of several handles win', async () => {
      const other = await fixture.another();
      const draft = new Draft();
      for (let round = 0; round < 20; round++) {
        const parent = draft.vid;
        const ids = [nextId(), nextId()];
        const outcomes = await Promise.allSettled(
          [journal, other].map((handle, i) =>
            handle.commit([draft.append('', { id: ids[i] ?? nilUlid, parent })]),
          ),
        );
        const won = outcomes.findIndex(({ status }) => status === 'fulfilled');
        const lost = outcomes[1 - won];
        expect(lost).toMatchObject({ reason: { code: 'JOURNAL_CONFLICT' } });
        draft.vid = ids[won] ?? nilUlid;
        expect((await journal.head(draft.history))?.vid).toBe(draft.vid);
      }
      expect(await other.read(draft.history)).toHaveLength(20);
    });

    test('tells each handle the heads as they are, whoever has moved them', async () => {
      const handles = [journal, await fixture.another()];
      const step = fc.record({
        by: fc.nat(1),
        what: fc.constantFrom('append', 'delete', 'lose a race', 'follow', 'look'),
        which: fc.nat(2),
      });
      type Step = { by: number; what: string; which: number };
      const play = async (steps: readonly Step[]): Promise<void> => {
        const drafts = [new Draft(), new Draft(), new Draft()];
        const gone = new Set<Draft>();
        for (const { by, what, which } of steps) {
          const [handle, draft] = [handles[by], drafts[which]];
          if (!handle || !draft) continue;
          const before = draft.vid;
          if (what === 'append' && !gone.has(draft)) await handle.commit([draft.append()]);
          if (what === 'delete' && before !== nilUlid && !gone.has(draft)) {
            await handle.commit([draft.delete()]);
            gone.add(draft);
          }
          if (what === 'lose a race') {
            const late = [draft.append(), draft.append('', { parent: nextId() })];
            await expect(handle.commit(late)).rejects.toThrow();
            draft.vid = before;
          }
          if (what === 'follow') await handle.readAll(0, 1000);
          const head = await handle.head(draft.history);
          expect(head?.vid ?? nilUlid).toBe(gone.has(draft) ? nilUlid : draft.vid);
        }
      };
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), play), { numRuns: 50 });
    });
  });
}
