// What the logs of both daemons tell of a workflow.
import { describe, expect, it } from 'vitest';
import { FilesFault } from '../ports/files.ts';
import { failing, type OnEffect } from '../testing/effects.ts';
import { idOf, repoInit, root } from '../testing/names.ts';
import { RecordingLog, type LogLine } from '../testing/recording-log.ts';
import { SmallWorld } from '../testing/small-world.ts';

const freeze = {
  workflow: idOf('workflow'),
  kind: 'freeze',
  repo: idOf('repo'),
  path: repoInit.globalPath,
  host: root.host,
};

const broken = new FilesFault('FILES_READ_ONLY', 'read-only', { retry: 'never' });
const busy = new FilesFault('FILES_IO', 'busy', { retry: 'later' });

const begun = 'info  regd:begin-files    workflow advanced';
const settled = 'info  regd:settle         workflow advanced';
const done = 'info  stad:commit-files   files done';

const cases: readonly { when: string; onEffect: OnEffect; lines: readonly string[] }[] = [
  { when: 'all goes well', onEffect: () => undefined, lines: [begun, done, settled] },
  {
    when: 'an attribute cannot be set',
    onEffect: failing('stad:set-immutable', broken),
    lines: [begun, 'warn  stad:set-immutable  work on files failed', settled],
  },
  {
    when: 'what was set cannot be verified',
    onEffect: failing('stad:verify', broken),
    lines: [begun, 'warn  stad:verify         work on files failed', settled],
  },
  {
    when: 'the shadow repo is busy for a while',
    onEffect: failing('stad:write-shadow', busy),
    lines: [
      begun,
      'warn  stad:write-shadow   work on files failed',
      'warn  stad:write-shadow   will try again',
      done,
      settled,
    ],
  },
];

describe('the lines of a freeze', () => {
  it.each(cases)('when $when', async ({ onEffect, lines }) => {
    const logged = await linesOfFreeze(onEffect);
    expect(logged.filter(({ level }) => level !== 'debug').map(rowOf)).toEqual(lines);
    for (const line of logged) expect(line).toMatchObject(freeze);
  });

  it('name each step when they are wanted in detail', async () => {
    const steps = (await linesOfFreeze(() => undefined)).filter(({ level }) => level === 'debug');
    expect(steps.map(({ step }) => step)).toEqual([
      'regd:begin-files',
      'stad:wait-for-lock',
      'stad:examine',
      'stad:set-immutable',
      'stad:verify',
      'stad:write-shadow',
      'stad:commit-files',
      'regd:settle',
    ]);
  });
});

async function linesOfFreeze(onEffect: OnEffect): Promise<readonly LogLine[]> {
  const world = await SmallWorld.ready();
  const log = new RecordingLog();
  Object.assign(world, { log, onEffect });
  await world.begin('freeze');
  await world.run({ forMs: 1000 });
  return log.lines;
}

function rowOf({ level, step, message }: LogLine): string {
  return `${level.padEnd(6)}${String(step).padEnd(20)}${message}`;
}
