// Plays random batches on a journal and on the naive model, and compares all that can be read.
import { expect } from 'vitest';
import type { Journal } from '../journal/journal.ts';
import { headsOf, unplaced } from './draft.ts';
import { JournalModel } from './journal-model.ts';
import { BatchPlayer, type Group } from './random-batches.ts';

/** Commits the groups to the journal and to the model; fails when they do not agree. */
export async function playAgainstModel(journal: Journal, plan: readonly Group[]): Promise<void> {
  const model = new JournalModel();
  const player = new BatchPlayer(model);
  for (const group of plan) await playGroup(journal, model, player, group);

  const all = await journal.readAll(0, 1000);
  const positions = all.map(({ position }) => position);
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
  expect(unplaced(all)).toEqual(model.events);
  for (const history of player.histories) {
    expect(unplaced(await journal.read(history))).toEqual(model.of(history));
  }
  const heads = await headsOf(journal);
  const known = player.histories.filter(
    (history) => model.deleted.includes(history) || model.of(history).length > 0,
  );
  expect(heads.map(({ history, vid, deleted }) => ({ history, vid, deleted }))).toEqual(
    known.map((history) => ({
      history,
      vid: model.headOf(history),
      deleted: model.deleted.includes(history),
    })),
  );
}

async function playGroup(
  journal: Journal,
  model: JournalModel,
  player: BatchPlayer,
  group: Group,
): Promise<void> {
  const expected: string[] = [];
  const commits: Promise<string>[] = [];
  for (const lines of group) {
    const batch = player.batch(lines);
    expected.push(model.commit(batch));
    commits.push(
      journal.commit(batch).then(
        () => 'ok',
        (error: unknown) => (error as { code: string }).code,
      ),
    );
  }
  expect(await Promise.all(commits)).toEqual(expected);
}
