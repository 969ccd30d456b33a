// Acknowledged is durable (invariant 2): whatever a power cut leaves of the files, all commits that
// were acknowledged by then are there, and of the one under way all or nothing.
import { expect, test } from 'vitest';
import { contentsOf, cuts, record, tornCheckpoints, type Recording } from './power-loss.fixture.ts';

/** Some 60 cuts for each; more of them find no more, but make a better figure. */
const COMMITS = Number(process.env['POWER_LOSS_COMMITS'] ?? 5);
const TORN_CHECKPOINTS = 30;

/** How many cuts were tried. */
async function cutEverywhere(recording: Recording): Promise<number> {
  let count = 0;
  for (const { at, image } of cuts(recording)) {
    const [none, ...acknowledged] = recording.commits;
    const expected = acknowledged.findLast(({ walBytes }) => walBytes <= at) ?? none;
    expect(await contentsOf(image), `cut at ${at}, the ${count}th`).toEqual(expected.contents);
    count++;
  }
  return count;
}

test(
  'a log that was cut anywhere has every acknowledged commit',
  { timeout: 120_000 },
  async ({ annotate }) => {
    const [first, second] = await record(COMMITS);
    const count = (await cutEverywhere(first)) + (await cutEverywhere(second));
    expect(count).toBeGreaterThan(2 * COMMITS * 10);
    await annotate(`${count} cuts of the logs of ${2 * COMMITS} commits`);
  },
);

test('a checkpoint that was cut anywhere loses nothing', { timeout: 60_000 }, async () => {
  const recordings = await record(COMMITS);
  const all = recordings[0].commits.at(-1)?.contents;
  // A fixed sequence, so that a failure can be seen again.
  let seed = 1;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let i = 0; i < TORN_CHECKPOINTS; i++) {
    expect(await contentsOf(tornCheckpoints(recordings, random))).toEqual(all);
  }
});
