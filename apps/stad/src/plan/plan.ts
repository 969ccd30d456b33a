// Looks at a tree as a freeze or thaw would, and tells all that it would meet. It changes nothing, holds
// no lock, and keeps nothing of the tree but counts and a few examples: what it tells may be otherwise
// a moment later.
import { closeSync } from 'node:fs';
import type { plan } from '@permafrost/events';
import {
  entriesIn,
  FilesFault,
  type Direction,
  type FreezePolicy,
  type TreeSize,
} from '@permafrost/workflow-core';
import { watchTelling } from '../inquiries/watch-telling.ts';
import { concernsOf, whyNotPrivileged, type Concern } from '../survey/obstacles.ts';
import { findOpenFiles } from '../survey/open-files.ts';
import { TreeSurvey } from '../survey/tree-survey.ts';
import type { FlaggedTree } from '../tree/immutable-tree.ts';
import { assertWritable, openTop, type Top } from '../tree/top.ts';
import { expectedMs } from './expected-time.ts';
import { notesOnMount, notesOnTree, unseenProcesses } from './notes.ts';

export type Intent = Readonly<{
  path: string;
  direction: Direction;
  policy: FreezePolicy;
  /** How much the last snapshot has counted, if there is one. */
  recorded?: TreeSize | undefined;
}>;

export type PlanParts = Readonly<{
  tree: FlaggedTree;
  signal: AbortSignal;
  tell: (item: plan.PlanStorageResponse) => Promise<void>;
}>;

type Timed<T> = Readonly<{ value: T; ms: number }>;

export class Plan {
  readonly #parts: PlanParts;
  readonly #intent: Intent;
  readonly #findings: plan.PlanFinding[] = [];

  constructor(parts: PlanParts, intent: Intent) {
    this.#parts = parts;
    this.#intent = intent;
  }

  /** Tells how far it is, then the plan. What stands in the way is told in it, and not thrown. */
  async run(): Promise<void> {
    const { driver } = this.#parts.tree.surroundings;
    const { path } = this.#intent;
    const top = await this.#attempt(() => this.#lookAtTop());
    await this.#attempt(() => {
      const unprivileged = whyNotPrivileged(driver, path);
      if (unprivileged) throw unprivileged;
    });
    const survey = top && (await this.#attempt(() => timed(() => this.#survey(top))));
    const wrong = top && (await this.#attempt(() => timed(() => this.#countWrong())));
    const changes = survey && wrong && this.#changes(survey, wrong);
    const value = { tree: survey?.value.counts, changes, findings: this.#obstaclesFirst() };
    await this.#parts.tell({ item: { $case: 'plan', value } });
  }

  async #lookAtTop(): Promise<Top> {
    const { path } = this.#intent;
    const { roots, hostRootOf } = this.#parts.tree.surroundings;
    const hostRoot = await hostRootOf(path);
    const top = await openTop(path, roots, { isReadOnly: true, hostRoot });
    closeSync(top.fd);
    await this.#attempt(() => {
      assertWritable(path, top.mount);
    });
    this.#findings.push(...notesOnMount(top.mount));
    return top;
  }

  /** A thaw takes nothing from anybody, so that open files and hard links do not matter to it. */
  async #survey({ mountPoints }: Top): Promise<TreeSurvey> {
    const { path, direction, policy } = this.#intent;
    const isFreeze = direction === 'freeze';
    const openFiles = isFreeze ? await findOpenFiles(this.#parts.signal) : undefined;
    const survey = new TreeSurvey({ path, mountPoints }, openFiles);
    await survey.run(watchTelling(this.#parts, 'examining'));
    if (isFreeze) this.#findings.push(...concernsOf(survey, policy).map(concernFinding));
    this.#findings.push(...notesOnTree(survey), ...unseenProcesses(openFiles));
    return survey;
  }

  /** How many entries a freeze or thaw would change. */
  async #countWrong(): Promise<number> {
    const { path, direction } = this.#intent;
    let count = 0;
    const look = {
      wanted: direction === 'freeze' ? 'immutable' : 'mutable',
      onWrong: (paths: readonly string[]) => {
        count += paths.length;
        return Promise.resolve();
      },
    } as const;
    await this.#parts.tree.look(path, look, watchTelling(this.#parts, 'attributes'));
    return count;
  }

  #changes(
    { value: { counts }, ms: surveyMs }: Timed<TreeSurvey>,
    { value: toChange, ms: lookMs }: Timed<number>,
  ): plan.PlannedChanges {
    const { direction, recorded } = this.#intent;
    const { driver } = this.#parts.tree.surroundings;
    const work = {
      direction,
      entries: entriesIn(counts),
      recorded: recorded?.entries ?? 0,
      toChange,
      changeUs: driver.changeUs ?? 0,
    };
    return {
      // Entries may have gone between the two walks.
      asWanted: Math.max(0, counts.dirs + counts.files - toChange),
      toChange,
      expectedMs: expectedMs(work, { surveyMs, lookMs }),
    };
  }

  /** What fails here would fail then. */
  async #attempt<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FilesFault) || error.code === 'FILES_CANCELLED') throw error;
      const { code, message } = error;
      this.#findings.push({ code, isObstacle: true, message, count: 0, examples: [] });
      return undefined;
    }
  }

  #obstaclesFirst(): plan.PlanFinding[] {
    return [true, false].flatMap((first) =>
      this.#findings.filter(({ isObstacle }) => isObstacle === first),
    );
  }
}

function concernFinding(concern: Concern): plan.PlanFinding {
  const { code, what, remedy, found, isRefused } = concern;
  const { count, first } = found;
  const message = isRefused ? `${what}; ${remedy}` : what;
  return { code, isObstacle: isRefused, message, count, examples: first };
}

async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const beganMs = performance.now();
  const value = await work();
  return { value, ms: performance.now() - beganMs };
}
