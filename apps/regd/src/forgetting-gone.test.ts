import { randomUuid, type Uuid } from '@permafrost/events';
import { expect, test } from 'vitest';
import { HOST, TestInstallation } from './testing/installation.ts';

const DAY_MS = 24 * 3_600_000;

test('a regd that starts forgets a stad that was killed two days ago and has a successor', async () => {
  const at = await TestInstallation.start();
  const { journal } = at;
  try {
    const announce = async (heartbeatMs: number): Promise<Uuid> => {
      const instance = randomUuid();
      const who = { instance, daemon: 'stad', host: HOST, pid: 1, version: '0' } as const;
      await journal.announce({ ...who, sinceMs: 0, heartbeatMs });
      return instance;
    };
    const stads = async (): Promise<readonly Uuid[]> =>
      (await journal.present())
        .filter(({ daemon }) => daemon === 'stad')
        .map(({ instance }) => instance);
    await announce(Date.now() - 2 * DAY_MS);
    const killedToday = await announce(Date.now() - DAY_MS / 2);
    const alive = await announce(Date.now());
    expect(await stads()).toHaveLength(3);
    at.client.close();
    await at.regd.stop();
    await at.startRegd();
    await expect.poll(async () => (await stads()).length).toBe(2);
    expect(new Set(await stads())).toEqual(new Set([killedToday, alive]));
  } finally {
    await at.stop();
  }
});
