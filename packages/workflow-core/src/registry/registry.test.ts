import { nilUuid, type Direction, type Root, type Tier } from '@permafrost/events';
import { describe, expect, it, test } from 'vitest';
import { matrix, outcomeOf } from '../testing/matrix.ts';
import { author, eventId, idOf, root } from '../testing/names.ts';
import { stepsTo } from '../testing/tier-history.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import {
  hostPathOf,
  isLeaf,
  parentRepo,
  repoAround,
  reposWithin,
  rootOf,
  rootsByPath,
  whyNotBegin,
} from './queries.ts';
import {
  initialRegistry,
  type Registry,
  type RegistryCommand,
  type RegistryEvent,
} from './registry.ts';

const repoId = idOf('repo');
const holder = idOf('holder');
const stranger = idOf('stranger');
const globalPath = '/example/data/run';
const indexId = idOf('index');

const added: RegistryEvent = { type: 'RegistryAdded', name: 'exreg' };
const enabled: RegistryEvent = { type: 'EphemeralWorkflowsEnabled', indexId };
const rootAdded: RegistryEvent = { type: 'RootAdded', root };

function accepted(path = globalPath, id = repoId): RegistryEvent {
  return { type: 'RepoAccepted', repoId: id, globalPath: path, creator: author };
}

function confirmed(path = globalPath, id = repoId): RegistryEvent {
  return { type: 'RepoAdded', repoId: id, globalPath: path };
}

function fold(events: readonly RegistryEvent[]): Registry {
  return events.reduce(evolve, initialRegistry);
}

function tierEvents(tier: Tier): readonly RegistryEvent[] {
  const moves = stepsTo(tier).map((step): RegistryEvent => {
    const ids = { repoId, workflowId: holder };
    switch (step.type) {
      case 'started':
        return { type: 'RepoStorageStarted', direction: step.direction, ...ids };
      case 'completed': {
        const { direction, status } = step;
        return { type: 'RepoStorageCompleted', direction, ...ids, statusCode: status.code };
      }
      case 'archive':
        return { type: 'RepoArchiveTierRecorded', ...ids, tier: step.tier };
    }
  });
  return [
    added,
    enabled,
    rootAdded,
    accepted(),
    ...(tier === 'unconfirmed' ? [] : [confirmed()]),
    ...moves,
  ];
}

/**
 * The tiers of spec/behaviour.md 5.6 and 5.7. `own`: the command is of the workflow that moved the
 * repo last. `nest`: another repo lies below. WC: REPO_HELD_BY_OTHER_WORKFLOW. NL: REPO_HAS_CHILD_REPOS.
 */
const storageTable = matrix(`
                       | unconfirmed | online  | freezing  | frozen  | freeze-failed | unfreezing | unfreeze-failed | archiving | archived | archive-failed | unarchiving | unarchive-failed
  # Gap 16: either failed tier may go in either direction.
  begin freeze         | WC          | Started | WC        | WC      | Started       | WC         | Started         | WC        | WC       | WC             | WC          | WC
  begin freeze nest    | WC          | NL      | WC        | WC      | NL            | WC         | NL              | WC        | WC       | WC             | WC          | WC
  begin freeze own     | WC          | WC      | -         | WC      | WC            | WC         | WC              | WC        | WC       | WC             | WC          | WC
  # A repair begins from what it leads to as well, but never for a workflow that has ended.
  begin freeze repair  | WC          | Started | WC        | Started | Started       | WC         | Started         | WC        | WC       | WC             | WC          | WC
  begin freeze own repair | WC       | WC      | -         | WC      | WC            | WC         | WC              | WC        | WC       | WC             | WC          | WC
  commit freeze        | WC          | WC      | WC        | WC      | WC            | WC         | WC              | WC        | WC       | WC             | WC          | WC
  commit freeze own    | WC          | WC      | Completed | -       | WC            | WC         | WC              | WC        | WC       | WC             | WC          | WC
  abort freeze         | WC          | WC      | WC        | WC      | WC            | WC         | WC              | WC        | WC       | WC             | WC          | WC
  abort freeze own     | WC          | WC      | Completed | WC      | -             | WC         | WC              | WC        | WC       | WC             | WC          | WC
  begin unfreeze       | WC          | WC      | WC        | Started | Started       | WC         | Started         | WC        | WC       | WC             | WC          | WC
  begin unfreeze nest  | WC          | WC      | WC        | Started | Started       | WC         | Started         | WC        | WC       | WC             | WC          | WC
  begin unfreeze own   | WC          | WC      | WC        | WC      | WC            | -          | WC              | WC        | WC       | WC             | WC          | WC
  begin unfreeze repair | WC         | Started | WC        | Started | Started       | WC         | Started         | WC        | WC       | WC             | WC          | WC
  # It would thaw the repos below.
  begin unfreeze repair nest | WC    | NL      | WC        | NL      | NL            | WC         | NL              | WC        | WC       | WC             | WC          | WC
  commit unfreeze      | WC          | WC      | WC        | WC      | WC            | WC         | WC              | WC        | WC       | WC             | WC          | WC
  # Gap 1: the cells of online and unfreeze-failed were exchanged, and a repeat never ended.
  commit unfreeze own  | WC          | -       | WC        | WC      | WC            | Completed  | WC              | WC        | WC       | WC             | WC          | WC
  abort unfreeze       | WC          | WC      | WC        | WC      | WC            | WC         | WC              | WC        | WC       | WC             | WC          | WC
  abort unfreeze own   | WC          | WC      | WC        | WC      | WC            | Completed  | -               | WC        | WC       | WC             | WC          | WC
`);

const short = {
  RepoStorageStarted: 'Started',
  RepoStorageCompleted: 'Completed',
  REPO_HELD_BY_OTHER_WORKFLOW: 'WC',
  REPO_HAS_CHILD_REPOS: 'NL',
};

function storageCommand(row: string, repo = repoId): RegistryCommand {
  const [verb, direction] = row.split(' ') as [string, Direction];
  const move = { direction, repoId: repo, workflowId: row.includes('own') ? holder : stranger };
  switch (verb) {
    case 'begin':
      return {
        type: 'BeginStorage',
        ...move,
        ...(row.includes('repair') && { repair: true }),
      };
    case 'commit':
      return { type: 'CommitStorage', ...move };
    default:
      return { type: 'AbortStorage', ...move, statusCode: 105 };
  }
}

describe('storage', () => {
  it.each(storageTable)('$row when $column: $cell', ({ row, column, cell }) => {
    const events = tierEvents(column as Tier);
    const child = accepted(`${globalPath}/child`, idOf('child'));
    const state = fold(row.endsWith('nest') ? [...events, child] : events);
    expect(state.repos.get(repoId)?.storage.tier).toBe(column);
    expect(outcomeOf(decide(state, storageCommand(row)), short)).toBe(cell);
  });

  it.each(['begin', 'commit', 'abort'])('%s needs a registry and a repo in it', (verb) => {
    const command = storageCommand(`${verb} freeze`, idOf('elsewhere'));
    expect(outcomeOf(decide(initialRegistry, command))).toBe('REGISTRY_NOT_INITIALIZED');
    expect(outcomeOf(decide(fold(tierEvents('online')), command))).toBe('REPO_UNKNOWN');
  });

  test('an abort with the code of success is refused (gap 6)', () => {
    const move = { direction: 'freeze', repoId, workflowId: holder, statusCode: 0 } as const;
    expect(outcomeOf(decide(fold(tierEvents('freezing')), { type: 'AbortStorage', ...move }))).toBe(
      'STATUS_CODE_MEANS_SUCCESS',
    );
  });

  test('a registry that does not know the repo is damaged: that is a bug, not a refusal', () => {
    expect(() => fold([added, confirmed()])).toThrow(/invariant/);
  });
});

/** spec/behaviour.md 5.3. NO: REGISTRY_NOT_INITIALIZED. OTHER: exists with other arguments. */
const setUpTable = matrix(`
                            | uninitialized  | added                     | enabled | with root
  InitRegistry exreg        | RegistryAdded  | -                         | -       | -
  InitRegistry other        | RegistryAdded  | OTHER                     | OTHER   | OTHER
  Enable                    | NO             | EphemeralWorkflowsEnabled | -       | -
  Enable other              | NO             | EphemeralWorkflowsEnabled | OTHER   | OTHER
  Enable nil                | NO             | NIL                       | NIL     | NIL
  InitRoot                  | NO             | RootAdded                 | RootAdded | -
  # Gap 75: a known root was "already so" with any arguments, and none of them were looked at.
  InitRoot other host       | NO             | RootAdded                 | RootAdded | OTHER
  InitRoot other hostRoot   | NO             | RootAdded                 | RootAdded | OTHER
  InitRoot other namespace  | NO             | RootAdded                 | RootAdded | OTHER
  InitRoot nested           | NO             | RootAdded                 | RootAdded | RootAdded
  InitRoot no host          | NO             | ROOT_HOST_MISSING         | ROOT_HOST_MISSING | ROOT_HOST_MISSING
  InitRoot relative         | NO             | PATH                      | PATH    | PATH
  InitRoot relative host    | NO             | PATH                      | PATH    | PATH
  InitRoot no slash         | NO             | SLASH                     | SLASH   | SLASH
  RemoveRoot                | NO             | ROOT_UNKNOWN              | ROOT_UNKNOWN | RootRemoved
  ConfirmRepo               | NO             | REPO_UNKNOWN              | REPO_UNKNOWN | REPO_UNKNOWN
  InitRepo                  | NO             | ROOT_UNKNOWN              | ROOT_UNKNOWN | RepoAccepted
`);

const setUpCommands: Readonly<Record<string, RegistryCommand>> = {
  'InitRegistry exreg': { type: 'InitRegistry', name: 'exreg' },
  'InitRegistry other': { type: 'InitRegistry', name: 'other' },
  Enable: { type: 'EnableEphemeralWorkflows', indexId },
  'Enable other': { type: 'EnableEphemeralWorkflows', indexId: idOf('other index') },
  'Enable nil': { type: 'EnableEphemeralWorkflows', indexId: nilUuid },
  InitRoot: initRoot({}),
  'InitRoot other host': initRoot({ host: 'other.example.org' }),
  'InitRoot other hostRoot': initRoot({ hostRoot: '/else' }),
  'InitRoot other namespace': initRoot({ gitlabNamespace: 'git.example.org/group' }),
  'InitRoot nested': initRoot({ globalRoot: '/example/data/inner' }),
  'InitRoot no host': initRoot({ host: '' }),
  'InitRoot relative': initRoot({ globalRoot: 'example/data' }),
  'InitRoot relative host': initRoot({ hostRoot: '/srv/../data' }),
  'InitRoot no slash': initRoot({ gitlabNamespace: 'git.example.org' }),
  RemoveRoot: { type: 'RemoveRoot', globalRoot: root.globalRoot },
  ConfirmRepo: { type: 'ConfirmRepo', repoId },
  InitRepo: initRepo({}),
};

function initRoot(change: Partial<Root>): RegistryCommand {
  return { type: 'InitRoot', root: { ...root, ...change } };
}

function initRepo(
  change: Partial<Extract<RegistryCommand, { type: 'InitRepo' }>>,
): RegistryCommand {
  return { type: 'InitRepo', repoId, globalPath, creator: author, ...change };
}

describe('set-up', () => {
  const names = {
    REGISTRY_NOT_INITIALIZED: 'NO',
    REGISTRY_HAS_OTHER_NAME: 'OTHER',
    EPHEMERAL_WORKFLOWS_HAVE_OTHER_ID: 'OTHER',
    EPHEMERAL_WORKFLOWS_ID_MALFORMED: 'NIL',
    ROOT_EXISTS_WITH_OTHER_ARGUMENTS: 'OTHER',
    ROOT_GITLAB_NAMESPACE_WITHOUT_SLASH: 'SLASH',
    PATH_NOT_ABSOLUTE: 'PATH',
  };
  const events = [added, enabled, rootAdded];
  const states = ['uninitialized', 'added', 'enabled', 'with root'];

  it.each(setUpTable)('$row when $column: $cell', ({ row, column, cell }) => {
    const command = setUpCommands[row];
    if (!command) throw new Error(`no command ${row}`);
    const state = fold(events.slice(0, states.indexOf(column)));
    expect(outcomeOf(decide(state, command), names)).toBe(cell);
  });

  test('a root stays while repos would lose it, and only then (gap 72)', () => {
    const remove = (globalRoot: string): RegistryCommand => ({ type: 'RemoveRoot', globalRoot });
    const inner: RegistryEvent = {
      type: 'RootAdded',
      root: { ...root, globalRoot: '/example/data/run' },
    };
    const withRepo = fold([added, enabled, rootAdded, accepted()]);
    expect(outcomeOf(decide(withRepo, remove('/example/data')))).toBe('ROOT_HAS_REPOS');
    const withBoth = evolve(withRepo, inner);
    expect(outcomeOf(decide(withBoth, remove('/example/data')))).toBe('RootRemoved');
    expect(outcomeOf(decide(withBoth, remove('/example/data/run')))).toBe('ROOT_HAS_REPOS');
  });
});

/** spec/behaviour.md 5.4: the first check that does not pass gives the answer. */
describe('InitRepo', () => {
  const state = fold([added, enabled, rootAdded, accepted(), confirmed()]);
  const nobody = { name: '', email: '' };
  const bodiless = { name: 'A U Thor', email: '' };

  it.each<[string, Registry, Parameters<typeof initRepo>[0], string]>([
    ['no creator, in no registry', initialRegistry, { creator: nobody }, 'CREATOR_NAME_MISSING'],
    ['no email, in no registry', initialRegistry, { creator: bodiless }, 'CREATOR_EMAIL_MISSING'],
    ['in no registry', initialRegistry, {}, 'REGISTRY_NOT_INITIALIZED'],
    // Gap 73: a relative path made the old system loop for ever.
    ['a relative path', state, { globalPath: 'run' }, 'PATH_NOT_ABSOLUTE'],
    ['a path with dots', state, { globalPath: '/example/data/../else' }, 'PATH_NOT_ABSOLUTE'],
    ['a path with a final slash', state, { globalPath: `${globalPath}/` }, 'PATH_NOT_ABSOLUTE'],
    ['the nil id', state, { repoId: nilUuid }, 'REPO_ID_MALFORMED'],
    ['a repeat', state, {}, '-'],
    ['another id at a known path', state, { repoId: idOf('second') }, 'REPO_EXISTS_AT_PATH'],
    // Gap 76: a second repo with the same id could never be set up, and blocked all others.
    ['a known id at another path', state, { globalPath: '/example/data/b' }, 'REPO_ID_IN_USE'],
    [
      'outside of all roots',
      state,
      { repoId: idOf('second'), globalPath: '/else' },
      'ROOT_UNKNOWN',
    ],
    [
      'beside a known repo',
      state,
      { repoId: idOf('second'), globalPath: `${globalPath}2` },
      'RepoAccepted',
    ],
    [
      'below an online repo',
      state,
      { repoId: idOf('second'), globalPath: `${globalPath}/in` },
      'RepoAccepted',
    ],
  ])('%s: %s', (_, from, change, cell) => {
    expect(outcomeOf(decide(from, initRepo(change)))).toBe(cell);
  });

  const tiers = [
    'unconfirmed',
    'freezing',
    'frozen',
    'freeze-failed',
    'unfreezing',
    'unfreeze-failed',
    'archived',
  ] as const;
  it.each(tiers)('below a repo that is %s: refused', (tier) => {
    const below = initRepo({ repoId: idOf('second'), globalPath: `${globalPath}/deep/in` });
    expect(outcomeOf(decide(fold(tierEvents(tier)), below))).toBe('REPO_PARENT_NOT_ONLINE');
  });
});

test('ConfirmRepo keeps the repo event where it is known, and confirms once', () => {
  const state = fold([added, enabled, rootAdded, accepted()]);
  const confirm = { type: 'ConfirmRepo', repoId, repoEventId: eventId(3) } as const;
  expect(decide(state, confirm)).toEqual({
    accepted: true,
    events: [{ type: 'RepoAdded', repoId, globalPath, repoEventId: eventId(3) }],
  });
  expect(outcomeOf(decide(evolve(state, confirmed()), confirm))).toBe('-');
});

/** spec/behaviour.md 5.5, with gaps 16 and 79. OK: may begin. */
const mayBeginTable = matrix(`
             | unconfirmed | online | freezing | frozen | freeze-failed | unfreezing | unfreeze-failed | archived
  freeze     | TIER        | OK     | TIER     | TIER   | OK            | TIER       | OK              | TIER
  unfreeze   | TIER        | TIER   | TIER     | OK     | OK            | TIER       | OK              | TIER
  freeze repair   | TIER   | OK     | TIER     | OK     | OK            | TIER       | OK              | TIER
  unfreeze repair | TIER   | OK     | TIER     | OK     | OK            | TIER       | OK              | TIER
`);

describe('whyNotBegin', () => {
  it.each(mayBeginTable)('$row when $column: $cell', ({ row, column, cell }) => {
    const [direction, repair] = row.split(' ') as [Direction, string?];
    const move = { direction, repoId, ...(repair && { repair: true as const }) };
    const expected = cell === 'OK' ? undefined : 'REPO_IN_OTHER_TIER';
    expect(whyNotBegin(fold(tierEvents(column as Tier)), move)).toBe(expected);
  });

  test('says first what is more basic', () => {
    const freeze = { direction: 'freeze', repoId } as const;
    const child = accepted(`${globalPath}/child`, idOf('child'));
    expect(whyNotBegin(fold([added]), freeze)).toBe('REPO_UNKNOWN');
    const disabled = fold([added, rootAdded, accepted(), confirmed()]);
    expect(whyNotBegin(disabled, freeze)).toBe('EPHEMERAL_WORKFLOWS_NOT_ENABLED');
    const nested = fold([...tierEvents('online'), child]);
    expect(whyNotBegin(nested, freeze)).toBe('REPO_HAS_CHILD_REPOS');
    const thawed = fold([...tierEvents('frozen'), child]);
    const thaw = { direction: 'unfreeze', repoId } as const;
    expect(whyNotBegin(thawed, thaw)).toBeUndefined();
    expect(whyNotBegin(nested, { ...thaw, repair: true })).toBe('REPO_HAS_CHILD_REPOS');
  });
});

describe('queries', () => {
  const inner: Root = { ...root, globalRoot: '/example/data/run/inner', hostRoot: '/fast' };
  const state = fold([
    added,
    { type: 'RootAdded', root: inner },
    rootAdded,
    accepted(),
    confirmed(),
    accepted('/example/data/run/inner/b', idOf('b')),
    accepted('/example/data/run2', idOf('run2')),
  ]);

  test('of nested roots the innermost holds a path (gap 74)', () => {
    expect(rootOf(state, '/example/data/run')?.hostRoot).toBe('/srv/data');
    expect(rootOf(state, '/example/data/run/inner')).toBe(inner);
    expect(rootOf(state, '/example/data/run/inner/b/c')).toBe(inner);
    expect(rootOf(state, '/example/database')).toBeUndefined();
    expect(hostPathOf(inner, '/example/data/run/inner/b')).toBe('/fast/b');
    expect(rootsByPath(state).map(({ globalRoot }) => globalRoot)).toEqual([
      '/example/data',
      '/example/data/run/inner',
    ]);
  });

  test('a repo is a leaf while no other lies below it, confirmed or not', () => {
    const leaf = (id: string): boolean => {
      const repo = state.repos.get(idOf(id));
      return repo !== undefined && isLeaf(state, repo);
    };
    expect([leaf('repo'), leaf('b'), leaf('run2')]).toEqual([false, true, true]);
  });

  test('the repo around a path is the nearest', () => {
    const pathOf = (path: string): string | undefined => repoAround(state, path)?.globalPath;
    expect(pathOf('/example/data/run/x')).toBe('/example/data/run');
    expect(pathOf('/example/data/run')).toBe('/example/data/run');
    expect(pathOf('/example/data/run/inner/b/x')).toBe('/example/data/run/inner/b');
    expect(pathOf('/example/data')).toBeUndefined();
    expect(parentRepo(state, '/example/data/run/inner/b')?.id).toBe(repoId);
    expect(parentRepo(state, '/example/data/run')).toBeUndefined();
  });

  test('repos at or below a directory come by path', () => {
    const paths = (top?: string): string[] =>
      reposWithin(state, top).map((repo) => repo.globalPath);
    expect(paths('/example/data/run')).toEqual(['/example/data/run', '/example/data/run/inner/b']);
    expect(paths()).toHaveLength(3);
  });
});
