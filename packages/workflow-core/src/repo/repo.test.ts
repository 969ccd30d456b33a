import { type Direction, type RepoEvent, type Tier } from '@permafrost/events';
import { describe, expect, it, test } from 'vitest';
import { matrix, outcomeOf } from '../testing/matrix.ts';
import { eventId, idOf, repoInit } from '../testing/names.ts';
import { stepsTo } from '../testing/tier-history.ts';
import {
  decide,
  evolve,
  initialRepo,
  isBlockedByError,
  type Repo,
  type RepoCommand,
} from './repo.ts';

const holder = idOf('holder');
const stranger = idOf('stranger');
const bad = { code: 108, message: 'disk trouble' };
const initStarted: RepoEvent = { type: 'RepoInitStarted', init: repoInit };
const shadowCreated: RepoEvent = { type: 'ShadowRepoCreated', shadowPath: '/shadow/run.fso' };
const errorSet: RepoEvent = { type: 'RepoErrorSet', message: 'earlier trouble' };

function fold(events: readonly RepoEvent[]): Repo {
  return events.reduce(
    (state, event, i) => evolve(state, event, { id: eventId(i + 1) }),
    initialRepo,
  );
}

function tierEvents(tier: Tier): readonly RepoEvent[] {
  const confirmed = tier === 'unconfirmed' ? [] : [shadowCreated];
  const moves = stepsTo(tier).map((step): RepoEvent => {
    const workflowId = holder;
    switch (step.type) {
      case 'started':
        return { type: 'StorageStarted', direction: step.direction, workflowId };
      case 'completed':
        return {
          type: 'StorageCompleted',
          direction: step.direction,
          workflowId,
          status: step.status,
        };
      case 'archive':
        return { type: 'ArchiveTierRecorded', workflowId, tier: step.tier };
    }
  });
  return [initStarted, ...confirmed, ...moves];
}

/**
 * The tiers of spec/behaviour.md 6.3. `own`: the command is of the workflow that moved the repo last.
 * `error`: an error is stored. ST: REPO_HELD_BY_OTHER_WORKFLOW. RE: REPO_HAS_STORED_ERROR.
 */
const storageTable = matrix(`
                       | unconfirmed | online  | freezing   | frozen  | freeze-failed   | unfreezing | unfreeze-failed | archiving | archived | archive-failed | unarchiving | unarchive-failed
  # Gap 16: either failed tier may go in either direction.
  begin freeze         | ST          | Started | ST         | ST      | Started         | ST         | Started         | ST        | ST       | ST             | ST          | ST
  begin freeze own     | ST          | ST      | -          | ST      | ST              | ST         | ST              | ST        | ST       | ST             | ST          | ST
  # Gap 13: one error for one cause. From a failed tier the try is the mending, so it clears the error.
  begin freeze error   | ST          | RE      | ST         | ST      | Cleared Started | ST         | Cleared Started | ST        | ST       | ST             | ST          | ST
  begin freeze repair  | ST          | Started | ST         | Started | Started         | ST         | Started         | ST        | ST       | ST             | ST          | ST
  commit freeze        | ST          | ST      | ST         | ST      | ST              | ST         | ST              | ST        | ST       | ST             | ST          | ST
  commit freeze own    | ST          | ST      | Completed  | -       | ST              | ST         | ST              | ST        | ST       | ST             | ST          | ST
  abort freeze         | ST          | ST      | ST         | ST      | ST              | ST         | ST              | ST        | ST       | ST             | ST          | ST
  abort freeze own     | ST          | ST      | Completed Set | ST   | -               | ST         | ST              | ST        | ST       | ST             | ST          | ST
  # Gap 17: the error that came first is kept.
  abort freeze own error | ST        | ST      | Completed  | ST      | -               | ST         | ST              | ST        | ST       | ST             | ST          | ST
  begin unfreeze       | ST          | ST      | ST         | Started | Started         | ST         | Started         | ST        | ST       | ST             | ST          | ST
  begin unfreeze own   | ST          | ST      | ST         | ST      | ST              | -          | ST              | ST        | ST       | ST             | ST          | ST
  begin unfreeze error | ST          | ST      | ST         | RE      | Cleared Started | ST         | Cleared Started | ST        | ST       | ST             | ST          | ST
  begin unfreeze repair | ST         | Started | ST         | Started | Started         | ST         | Started         | ST        | ST       | ST             | ST          | ST
  commit unfreeze      | ST          | ST      | ST         | ST      | ST              | ST         | ST              | ST        | ST       | ST             | ST          | ST
  commit unfreeze own  | ST          | -       | ST         | ST      | ST              | Completed  | ST              | ST        | ST       | ST             | ST          | ST
  abort unfreeze       | ST          | ST      | ST         | ST      | ST              | ST         | ST              | ST        | ST       | ST             | ST          | ST
  abort unfreeze own   | ST          | ST      | ST         | ST      | ST              | Completed Set | -            | ST        | ST       | ST             | ST          | ST
  abort unfreeze own error | ST      | ST      | ST         | ST      | ST              | Completed  | -               | ST        | ST       | ST             | ST          | ST
`);

const short = {
  StorageStarted: 'Started',
  StorageCompleted: 'Completed',
  RepoErrorSet: 'Set',
  RepoErrorCleared: 'Cleared',
  REPO_HELD_BY_OTHER_WORKFLOW: 'ST',
  REPO_HAS_STORED_ERROR: 'RE',
};

function storageCommand(row: string): RepoCommand {
  const [verb, direction] = row.split(' ') as [string, Direction];
  const move = { direction, workflowId: row.includes('own') ? holder : stranger };
  switch (verb) {
    case 'begin':
      return {
        type: 'BeginStorage',
        ...move,
        ...(row.endsWith('repair') && { repair: true }),
      };
    case 'commit':
      return { type: 'CommitStorage', ...move };
    default:
      return { type: 'AbortStorage', ...move, status: bad };
  }
}

describe('storage', () => {
  it.each(storageTable)('$row when $column: $cell', ({ row, column, cell }) => {
    const events = tierEvents(column as Tier);
    const state = fold(row.endsWith('error') ? [...events, errorSet] : events);
    expect(state.storage.tier).toBe(column);
    expect(outcomeOf(decide(state, storageCommand(row)), short)).toBe(cell);
  });

  it.each(['freeze', 'unfreeze'] as const)(
    'a failed %s says so in the stored error (gaps 14, 18)',
    (direction) => {
      const tier = direction === 'freeze' ? 'freezing' : 'unfreezing';
      const abort = storageCommand(`abort ${direction} own`);
      expect(decide(fold(tierEvents(tier)), abort)).toEqual({
        accepted: true,
        events: [
          { type: 'StorageCompleted', direction, workflowId: holder, status: bad },
          { type: 'RepoErrorSet', message: `${direction} failed: disk trouble` },
        ],
      });
    },
  );

  it.each([
    ['success', { code: 0, message: 'fine' }],
    ['no integer', { code: 1.5, message: 'odd' }],
    ['no message', { code: 105, message: '' }],
    ['too long', { code: 105, message: 'x'.repeat(151) }],
    ['a lone surrogate', { code: 105, message: '\ud800' }],
  ])('an abort with %s is refused whatever the tier (gaps 6, 28, 29)', (_, status) => {
    for (const tier of ['freezing', 'unfreezing', 'online', 'freeze-failed'] as const) {
      const abort = {
        type: 'AbortStorage',
        direction: 'freeze',
        workflowId: holder,
        status,
      } as const;
      expect(outcomeOf(decide(fold(tierEvents(tier)), abort))).toBe('STATUS_IS_NO_FAILURE');
    }
  });

  test('a stored error blocks elsewhere than in a failed tier', () => {
    const blocked = (tier: Tier): boolean =>
      isBlockedByError(fold([...tierEvents(tier), errorSet]));
    expect(
      (['online', 'frozen', 'freeze-failed', 'unfreeze-failed'] as const).map(blocked),
    ).toEqual([true, true, false, false]);
    expect(isBlockedByError(fold(tierEvents('online')))).toBe(false);
  });
});

/** spec/behaviour.md 6.2. OTHER: REPO_EXISTS_WITH_OTHER_ARGUMENTS. UN: REPO_NOT_INITIALIZED. */
const setUpTable = matrix(`
                       | uninitialized   | initialized       | confirmed              | confirmed, error      | initialized, error
  InitRepo             | RepoInitStarted | -                 | -                      | -                     | -
  InitRepo other path  | RepoInitStarted | OTHER             | OTHER                  | OTHER                 | OTHER
  InitRepo half gitlab | GITLAB          | GITLAB            | GITLAB                 | GITLAB                | GITLAB
  ConfirmShadow        | UN              | ShadowRepoCreated | -                      | -                     | ShadowRepoCreated
  ConfirmShadow other  | UN              | ShadowRepoCreated | SHADOW_EXISTS_ELSEWHERE | SHADOW_EXISTS_ELSEWHERE | ShadowRepoCreated
  SetError same        | UN              | Set               | Set                    | -                     | -
  SetError other       | UN              | Set               | Set                    | ERROR_STORED_ALREADY  | ERROR_STORED_ALREADY
  SetError empty       | UN              | ERROR_MESSAGE_EMPTY | ERROR_MESSAGE_EMPTY  | ERROR_MESSAGE_EMPTY   | ERROR_MESSAGE_EMPTY
  ClearError same      | UN              | ERROR_MESSAGE_DIFFERS | ERROR_MESSAGE_DIFFERS | Cleared             | Cleared
  ClearError other     | UN              | ERROR_MESSAGE_DIFFERS | ERROR_MESSAGE_DIFFERS | ERROR_MESSAGE_DIFFERS | ERROR_MESSAGE_DIFFERS
  ClearError empty     | UN              | ERROR_MESSAGE_EMPTY | ERROR_MESSAGE_EMPTY  | ERROR_MESSAGE_EMPTY   | ERROR_MESSAGE_EMPTY
  # New: whoever has mended the cause need not copy the text.
  ClearError any       | UN              | -                 | -                      | Cleared               | Cleared
  BeginStorage         | UN              | ST                | Started                | RE                    | ST
  CommitStorage        | UN              | ST                | ST                     | ST                    | ST
  AbortStorage         | UN              | ST                | ST                     | ST                    | ST
`);

const setUpCommands: Readonly<Record<string, RepoCommand>> = {
  InitRepo: { type: 'InitRepo', init: repoInit },
  'InitRepo other path': { type: 'InitRepo', init: { ...repoInit, globalPath: '/else' } },
  'InitRepo half gitlab': {
    type: 'InitRepo',
    init: { ...repoInit, gitlabHost: 'git.example.org' },
  },
  ConfirmShadow: { type: 'ConfirmShadow', shadowPath: '/shadow/run.fso' },
  'ConfirmShadow other': { type: 'ConfirmShadow', shadowPath: '/shadow/else.fso' },
  'SetError same': { type: 'SetError', message: 'earlier trouble' },
  'SetError other': { type: 'SetError', message: 'new trouble' },
  'SetError empty': { type: 'SetError', message: '' },
  'ClearError same': { type: 'ClearError', message: 'earlier trouble' },
  'ClearError other': { type: 'ClearError', message: 'new trouble' },
  'ClearError empty': { type: 'ClearError', message: '' },
  'ClearError any': { type: 'ClearError' },
  BeginStorage: { type: 'BeginStorage', direction: 'freeze', workflowId: stranger },
  CommitStorage: { type: 'CommitStorage', direction: 'freeze', workflowId: stranger },
  AbortStorage: { type: 'AbortStorage', direction: 'freeze', workflowId: stranger, status: bad },
};

const setUpHistories: Readonly<Record<string, readonly RepoEvent[]>> = {
  uninitialized: [],
  initialized: [initStarted],
  confirmed: [initStarted, shadowCreated],
  'confirmed, error': [initStarted, shadowCreated, errorSet],
  'initialized, error': [initStarted, errorSet],
};

describe('set-up and stored error', () => {
  const names = {
    ...short,
    REPO_EXISTS_WITH_OTHER_ARGUMENTS: 'OTHER',
    REPO_NOT_INITIALIZED: 'UN',
    GITLAB_CONFIG_INCOMPLETE: 'GITLAB',
  };

  it.each(setUpTable)('$row when $column: $cell', ({ row, column, cell }) => {
    const command = setUpCommands[row];
    if (!command) throw new Error(`no command ${row}`);
    expect(outcomeOf(decide(fold(setUpHistories[column] ?? []), command), names)).toBe(cell);
  });

  test('events that are not ours change nothing', () => {
    const state = fold([initStarted, shadowCreated]);
    expect(evolve(state, { type: 'Unmodelled', code: 151 }, { id: eventId(9) })).toBe(state);
    expect(state).toEqual({
      init: repoInit,
      initEventId: eventId(1),
      shadowPath: '/shadow/run.fso',
      error: '',
      storage: { tier: 'online' },
    });
  });
});
