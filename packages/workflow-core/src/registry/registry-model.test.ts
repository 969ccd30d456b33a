// A naive model of one registry and its repos against the real aggregates, over engine and journal:
// whatever the history, they agree on what is accepted and on where each repo stands.
import {
  Engine,
  NoVC,
  RefusedError,
  ulidSource,
  type Direction,
  type Uuid,
} from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repo } from '../repo/repo.ts';
import { author, exreg, idOf, repoInit, root } from '../testing/names.ts';
import { registry } from './aggregate.ts';

const paths = [
  '/example/data/a',
  '/example/data/a/b',
  '/example/data/a/b/c',
  '/example/data/ab',
] as const;
const workflows = ['one', 'two', 'three'].map(idOf);

type SetUp = Readonly<{ do: 'accept'; path: string }> | Readonly<{ do: 'confirm'; path: string }>;
type Move = Readonly<{
  do: 'begin' | 'commit' | 'abort';
  direction: Direction;
  path: string;
  workflowId: Uuid;
}>;
type Act = SetUp | Move;

const path = fc.constantFrom(...paths);
const move = {
  direction: fc.constantFrom<Direction>('freeze', 'unfreeze'),
  path,
  workflowId: fc.constantFrom(...workflows),
};
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('accept' as const), path }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('confirm' as const), path }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const), ...move }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('commit' as const), ...move }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), ...move }) },
);

type Answer = 'new' | 'already' | 'refused';
type ModelRepo = { path: string; tier: string; holder?: Uuid };

/** All that a registry has to remember, searched from end to end. */
class Model {
  readonly repos: ModelRepo[] = [];

  play(what: Act): Answer {
    const known = this.repos.find((each) => each.path === what.path);
    if (what.do === 'accept') {
      if (known) return 'already';
      const above = this.repos
        .filter((each) => what.path.startsWith(`${each.path}/`))
        .sort((a, b) => b.path.length - a.path.length)[0];
      if (above && above.tier !== 'online') return 'refused';
      this.repos.push({ path: what.path, tier: 'unconfirmed' });
      return 'new';
    }
    if (!known) return 'refused';
    if (what.do === 'confirm') {
      if (known.tier !== 'unconfirmed') return 'already';
      known.tier = 'online';
      return 'new';
    }
    if (what.do === 'begin') return this.#begin(known, what);
    return this.#end(known, what);
  }

  #begin(known: ModelRepo, what: Move): Answer {
    const isMine = known.holder === what.workflowId;
    if (isMine) return known.tier === during(what.direction) ? 'already' : 'refused';
    const isFailed = known.tier.endsWith('-failed');
    if (!isFailed && known.tier !== (what.direction === 'freeze' ? 'online' : 'frozen'))
      return 'refused';
    const hasChild = this.repos.some((each) => each.path.startsWith(`${known.path}/`));
    if (what.direction === 'freeze' && hasChild) return 'refused';
    known.tier = during(what.direction);
    known.holder = what.workflowId;
    return 'new';
  }

  #end(known: ModelRepo, what: Move): Answer {
    const done = what.direction === 'freeze' ? 'frozen' : 'online';
    const end = what.do === 'commit' ? done : `${what.direction}-failed`;
    if (known.holder !== what.workflowId) return 'refused';
    if (known.tier === end) return 'already';
    if (known.tier !== during(what.direction)) return 'refused';
    known.tier = end;
    return 'new';
  }
}

function during(direction: Direction): string {
  return direction === 'freeze' ? 'freezing' : 'unfreezing';
}

/** Registry and repo act as one, in one batch, as the daemons let them. */
function actFor(engine: Engine, what: Act): Promise<void> {
  const repoId = idOf(what.path);
  return engine.transact(async (tx) => {
    switch (what.do) {
      case 'accept': {
        const globalPath = what.path;
        await tx.tell(registry, exreg, { type: 'InitRepo', repoId, globalPath, creator: author });
        await tx.tell(repo, repoId, { type: 'InitRepo', init: { ...repoInit, globalPath } });
        return;
      }
      case 'confirm':
        await tx.tell(registry, exreg, { type: 'ConfirmRepo', repoId });
        await tx.tell(repo, repoId, { type: 'ConfirmShadow', shadowPath: '/shadow' });
        return;
      default: {
        const { direction, workflowId } = what;
        const verb = (
          { begin: 'BeginStorage', commit: 'CommitStorage', abort: 'AbortStorage' } as const
        )[what.do];
        const status = { code: 105, message: 'disk trouble' };
        const common = { type: verb, direction, workflowId };
        await tx.tell(registry, exreg, { ...common, repoId, statusCode: status.code });
        await tx.tell(repo, repoId, { ...common, status });
      }
    }
  });
}

async function answerTo(engine: Engine, what: Act): Promise<Answer> {
  const before = await engine.journal.end();
  try {
    await actFor(engine, what);
  } catch (error) {
    if (error instanceof RefusedError) return 'refused';
    throw error;
  }
  return (await engine.journal.end()) > before ? 'new' : 'already';
}

async function standing(engine: Engine): Promise<unknown[]> {
  const { state } = await engine.find(registry, exreg);
  return Promise.all(
    [...state.repos.values()].map(async ({ id, globalPath, storage }) => {
      expect((await engine.find(repo, id)).state.storage).toEqual(storage);
      const { tier, workflowId } = storage;
      return { path: globalPath, tier, ...(workflowId && { holder: workflowId }) };
    }),
  );
}

test('any history: the aggregates and the model agree', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      const journal = new MemoryJournal();
      const nextId = ulidSource();
      const engine = new Engine({ journal, nextId });
      await engine.tell(registry, exreg, NoVC, { type: 'InitRegistry', name: 'exreg' });
      await engine.tell(registry, exreg, NoVC, { type: 'InitRoot', root });
      const model = new Model();
      for (const each of acts)
        expect([each, await answerTo(engine, each)]).toEqual([each, model.play(each)]);

      const byPath = [...model.repos].sort((a, b) => (a.path < b.path ? -1 : 1));
      const sorted = (all: unknown[]) =>
        (all as ModelRepo[]).sort((a, b) => (a.path < b.path ? -1 : 1));
      expect(sorted(await standing(engine))).toEqual(byPath);
      // Who folds the stored history anew comes to the same.
      expect(sorted(await standing(new Engine({ journal, nextId })))).toEqual(byPath);
    }),
    { numRuns: 200 },
  );
});
