// What every noticeboard must do, run on every adapter.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomUuid } from '../ids/uuid.ts';
import type { Journal } from '../journal/journal.ts';
import type { CancelRequest, Noticeboard, Presence, Progress } from '../journal/noticeboard.ts';

/** A new, empty noticeboard under test. */
export interface NoticeboardFixture {
  noticeboard: Noticeboard & Pick<Journal, 'close' | 'end'>;
  /** Closes all handles, and removes the noticeboard. */
  close: () => Promise<void>;
}

/** Registers the tests of the {@link Noticeboard} contract under a name. */
export function noticeboardSuite(name: string, open: () => Promise<NoticeboardFixture>): void {
  describe(`${name}: a noticeboard`, () => {
    let fixture: NoticeboardFixture;
    let noticeboard: NoticeboardFixture['noticeboard'];

    beforeEach(async () => {
      fixture = await open();
      noticeboard = fixture.noticeboard;
    });

    afterEach(() => fixture.close());

    test('is empty at first', async () => {
      expect(await noticeboard.present()).toEqual([]);
      expect(await noticeboard.progress(randomUuid())).toBeUndefined();
      expect(await noticeboard.cancelRequest(randomUuid())).toBeUndefined();
    });

    test('shows who is there, once each, as last told', async () => {
      const [regd, stad] = [presence({ daemon: 'regd' }), presence({ daemon: 'stad' })];
      await noticeboard.announce(regd);
      await noticeboard.announce(stad);
      const later = { ...stad, heartbeatMs: stad.heartbeatMs + 5000 };
      await noticeboard.announce(later);
      const present = await noticeboard.present();
      expect(present).toHaveLength(2);
      expect(present).toEqual(expect.arrayContaining([regd, later]));
    });

    test('shows the latest progress of each workflow', async () => {
      const [one, other] = [
        progress(),
        progress({ entriesTotal: 12, bytesTotal: 9, perSecond: 0.5 }),
      ];
      await noticeboard.report(one);
      await noticeboard.report(other);
      expect(await noticeboard.progress(one.workflow)).toEqual(one);
      expect(await noticeboard.progress(other.workflow)).toEqual(other);
      const later: Progress = {
        ...one,
        phase: 'retrying',
        message: 'disk is full',
        entriesDone: 9,
      };
      await noticeboard.report(later);
      expect(await noticeboard.progress(one.workflow)).toEqual(later);
    });

    test('forgets a progress', async () => {
      const done = progress();
      await noticeboard.report(done);
      await noticeboard.clear(done.workflow);
      await noticeboard.clear(done.workflow);
      expect(await noticeboard.progress(done.workflow)).toBeUndefined();
    });

    test('keeps the latest wish to cancel a workflow, until it is cleared', async () => {
      const [one, other] = [cancelRequest(), cancelRequest({ reason: "it's \n\u{1f9ca}" })];
      await noticeboard.askToCancel(one);
      await noticeboard.askToCancel(other);
      const later = { ...one, by: 'B', reason: '' };
      await noticeboard.askToCancel(later);
      expect(await noticeboard.cancelRequest(one.workflow)).toEqual(later);
      expect(await noticeboard.cancelRequest(other.workflow)).toEqual(other);
      await noticeboard.clear(one.workflow);
      expect(await noticeboard.cancelRequest(one.workflow)).toBeUndefined();
      expect(await noticeboard.cancelRequest(other.workflow)).toEqual(other);
    });

    test('keeps a wish to cancel when those leave who have not seen it', async () => {
      const [leaving, request] = [presence(), cancelRequest()];
      await noticeboard.announce(leaving);
      await noticeboard.report(
        progress({ instance: leaving.instance, workflow: request.workflow }),
      );
      await noticeboard.askToCancel(request);
      await noticeboard.withdraw(leaving.instance);
      expect(await noticeboard.cancelRequest(request.workflow)).toEqual(request);
    });

    test('forgets who leaves, and the progress of those only', async () => {
      const [leaving, staying] = [presence(), presence()];
      const [theirs, others] = [
        progress({ instance: leaving.instance }),
        progress({ instance: staying.instance }),
      ];
      for (const each of [leaving, staying]) await noticeboard.announce(each);
      for (const each of [theirs, others]) await noticeboard.report(each);
      await noticeboard.withdraw(leaving.instance);
      expect(await noticeboard.present()).toEqual([staying]);
      expect(await noticeboard.progress(theirs.workflow)).toBeUndefined();
      expect(await noticeboard.progress(others.workflow)).toEqual(others);
    });

    test('keeps odd names and great numbers', async () => {
      const odd = progress({
        path: "/données/'x' \n\u{1f9ca}\0",
        bytesDone: Number.MAX_SAFE_INTEGER,
        bytesTotal: Number.MAX_SAFE_INTEGER,
        entriesTotal: 0,
      });
      await noticeboard.report(odd);
      expect(await noticeboard.progress(odd.workflow)).toEqual(odd);
    });

    test('writes no events', async () => {
      await noticeboard.announce(presence());
      await noticeboard.report(progress());
      await noticeboard.askToCancel(cancelRequest());
      expect(await noticeboard.end()).toBe(0);
    });

    test('answers nothing once closed', async () => {
      await noticeboard.close();
      const closed = { code: 'JOURNAL_CLOSED' };
      await expect(noticeboard.announce(presence())).rejects.toMatchObject(closed);
      await expect(noticeboard.withdraw(randomUuid())).rejects.toMatchObject(closed);
      await expect(noticeboard.present()).rejects.toMatchObject(closed);
      await expect(noticeboard.report(progress())).rejects.toMatchObject(closed);
      await expect(noticeboard.progress(randomUuid())).rejects.toMatchObject(closed);
      await expect(noticeboard.askToCancel(cancelRequest())).rejects.toMatchObject(closed);
      await expect(noticeboard.cancelRequest(randomUuid())).rejects.toMatchObject(closed);
      await expect(noticeboard.clear(randomUuid())).rejects.toMatchObject(closed);
    });
  });
}

function presence(more: Partial<Presence> = {}): Presence {
  return {
    instance: randomUuid(),
    daemon: 'stad',
    host: 'files.example.org',
    pid: 4711,
    version: '1.2.3',
    sinceMs: 1_700_000_000_000,
    heartbeatMs: 1_700_000_005_000,
    ...more,
  };
}

function progress(more: Partial<Progress> = {}): Progress {
  return {
    workflow: randomUuid(),
    instance: randomUuid(),
    phase: 'attributes',
    entriesDone: 3,
    bytesDone: 4096,
    path: 'runs/2026/a.tif',
    message: '',
    startedMs: 1_700_000_000_000,
    updatedMs: 1_700_000_001_000,
    ...more,
  };
}

function cancelRequest(more: Partial<CancelRequest> = {}): CancelRequest {
  return {
    workflow: randomUuid(),
    by: 'A U Thor <author@example.org>',
    reason: 'wrong data set',
    atMs: 1_700_000_000_000,
    ...more,
  };
}
