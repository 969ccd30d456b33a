// The checkers. They look only at what a crash leaves behind: the journal and the disk. What must
// hold at each moment is checked with each commit and each effect; what must hold in the end, in
// the end.
import { nilUlid, type Change, type Direction, type Status, type Uuid } from '@permafrost/events';
import type { MemoryJournal } from '@permafrost/events/testing';
import type { EffectPoint } from '../effects.ts';
import type { FakeDisk } from '../fake-disk.ts';
import { readEvent, type AnyEvent } from './describe-batch.ts';

type Phase = 'initialized' | 'files' | 'files-ended' | 'ended' | 'terminated';
type Workflow = { direction: Direction; repoId: Uuid; phase: Phase; isDeleted: boolean };
type Holding = { tier: string; workflowId?: Uuid };
type Repo = {
  id: Uuid;
  hostPath: string;
  error: string;
  repo: Holding;
  registry: Holding;
  /** Somebody has changed flags behind the back of everybody, and no work on the files came after. */
  hasDrifted: boolean;
  /** Works that were ended over the head of a stad, which may not know it yet. */
  brokenOff: Set<Direction>;
  /** The workflow during which a stad could not use the lock, and so may end it without. */
  unlocked?: Uuid | undefined;
};

export class Monitor {
  /** Workflows whose begin was acknowledged, and the version that was answered. */
  readonly acknowledged: Map<Uuid, string> = new Map<Uuid, string>();
  readonly workflows: Map<Uuid, Workflow> = new Map<Uuid, Workflow>();
  readonly repos: Map<Uuid, Repo> = new Map<Uuid, Repo>();
  readonly activeInIndex: Set<Uuid> = new Set<Uuid>();
  readonly #disk: FakeDisk;
  readonly #fail: (what: string) => void;

  constructor(disk: FakeDisk, fail: (what: string) => void) {
    this.#disk = disk;
    this.#fail = fail;
  }

  /** Looks at a batch that has just been committed. */
  committed(batch: readonly Change[]): void {
    for (const change of batch) {
      if (change.do === 'append') this.#see(change.history, readEvent(change.kind, change.body));
      if (change.do === 'delete') this.#deleted(change.history);
    }
    this.#seeBreakOff(batch);
    for (const repo of this.repos.values()) this.#checkHolding(repo);
  }

  /**
   * Looks at an effect on the disk that has just happened: none may come without its fact. Only a stad
   * over whose head its work was ended may go on for a while, until somebody else has the lock.
   */
  happened({ effect, path }: EffectPoint): void {
    if (effect !== 'stad:set-immutable' && effect !== 'stad:clear-immutable') return;
    const direction = effect === 'stad:set-immutable' ? 'freeze' : 'unfreeze';
    const repo = [...this.repos.values()].find(({ hostPath }) => isBelow(path, hostPath));
    const workflow = repo?.repo.workflowId && this.workflows.get(repo.repo.workflowId);
    if (workflow?.phase === 'files' && workflow.direction === direction) {
      repo?.brokenOff.clear();
    } else if (!repo?.brokenOff.has(direction)) {
      this.#fail(`effect without fact: ${effect} ${path}`);
    }
  }

  /** Whether a repo stands still as frozen or online, so that its flags are what it says. */
  settledTier(repoId: Uuid): 'frozen' | 'online' | undefined {
    const tier = this.repos.get(repoId)?.registry.tier;
    return tier === 'frozen' || tier === 'online' ? tier : undefined;
  }

  /** Is told that a stad could not use the lock of a repo. */
  lockRefused(repoId: Uuid): void {
    const repo = this.#repo(repoId);
    repo.unlocked = repo.repo.workflowId;
  }

  /** Is told of flags that somebody has changed and no stad. */
  drifted(repoId: Uuid): void {
    this.#repo(repoId).hasDrifted = true;
  }

  /** Whether all that was begun has ended. */
  get isAtRest(): boolean {
    const open = [...this.workflows.values()].some((each) => each.phase !== 'terminated');
    const unconfirmed = [...this.repos.values()].some(({ registry }) => registry.tier === '');
    return !open && !unconfirmed && this.activeInIndex.size === 0;
  }

  /** What is not at rest, in words. */
  unrest(): readonly string[] {
    const open = [...this.workflows].filter(([, each]) => each.phase !== 'terminated');
    return [
      ...open.map(([id, { phase, direction }]) => `${direction} ${id} is still ${phase}`),
      ...[...this.activeInIndex].map((id) => `workflow ${id} is still active in the index`),
      ...[...this.repos.values()]
        .filter(({ registry }) => registry.tier === '')
        .map(({ id }) => `repo ${id} is not confirmed`),
    ];
  }

  /** What must hold once all is at rest. */
  async checkEnd(journal: MemoryJournal): Promise<void> {
    for (const what of this.unrest()) this.#fail(what);
    for (const repo of this.repos.values()) this.#checkDisk(repo);
    await this.#checkChains(journal);
    await this.#checkAcknowledged(journal);
  }

  #see(history: Uuid, { kind, event }: AnyEvent): void {
    switch (kind) {
      case 'main':
        return;
      case 'registry':
        if (event.type === 'RepoAdded') this.#repo(event.repoId).registry = { tier: 'online' };
        if (event.type === 'RepoStorageStarted') {
          this.#repo(event.repoId).registry = begun(event.direction, event.workflowId);
        }
        if (event.type === 'RepoStorageCompleted') {
          const { direction, workflowId, statusCode } = event;
          this.#repo(event.repoId).registry = ended(direction, workflowId, statusCode);
        }
        return;
      case 'repo':
        if (event.type === 'RepoInitStarted') this.#repo(history).hostPath = event.init.hostPath;
        if (event.type === 'ShadowRepoCreated') this.#repo(history).repo = { tier: 'online' };
        if (event.type === 'RepoErrorSet') this.#repo(history).error = event.message;
        if (event.type === 'RepoErrorCleared') this.#repo(history).error = '';
        if (event.type === 'StorageStarted') {
          this.#repo(history).repo = begun(event.direction, event.workflowId);
        }
        if (event.type === 'StorageCompleted') {
          const { direction, workflowId, status } = event;
          this.#repo(history).repo = ended(direction, workflowId, status.code);
        }
        return;
      case 'workflow':
        if (event.type === 'WorkflowStarted') {
          const { direction, start } = event;
          const { repoId } = start;
          this.workflows.set(history, {
            direction,
            repoId,
            phase: 'initialized',
            isDeleted: false,
          });
        }
        if (event.type === 'FilesStarted') this.#move(history, ['initialized'], 'files');
        if (event.type === 'FilesCompleted') this.#filesEnded(history, event.status);
        if (event.type === 'WorkflowCompleted') {
          this.#move(history, ['initialized', 'files-ended'], 'ended');
        }
        if (event.type === 'WorkflowCommitted') this.#move(history, ['ended'], 'terminated');
        return;
      case 'index':
        if (event.type === 'WorkflowIndexed') this.activeInIndex.add(event.entry.workflowId);
        if (event.type === 'IndexedWorkflowCompleted') this.activeInIndex.delete(event.workflowId);
        return;
    }
  }

  /** Files and workflow end in one batch only if not stad has ended the files. */
  #seeBreakOff(batch: readonly Change[]): void {
    for (const change of batch) {
      if (change.do !== 'append' || change.kind !== 'workflow') continue;
      const { event } = readEvent(change.kind, change.body);
      if (event.type !== 'FilesCompleted') continue;
      const workflow = this.workflows.get(change.history);
      if (workflow && workflow.phase !== 'files-ended') {
        this.#repo(workflow.repoId).brokenOff.add(workflow.direction);
      }
    }
  }

  #repo(id: Uuid): Repo {
    const known = this.repos.get(id);
    if (known) return known;
    const repo = {
      id,
      hostPath: '',
      error: '',
      repo: { tier: '' },
      registry: { tier: '' },
      hasDrifted: false,
      brokenOff: new Set<Direction>(),
    };
    this.repos.set(id, repo);
    return repo;
  }

  #move(id: Uuid, from: readonly Phase[], to: Phase): void {
    const workflow = this.workflows.get(id);
    if (!workflow || !from.includes(workflow.phase)) {
      this.#fail(`workflow ${id} goes from ${workflow?.phase ?? 'nothing'} to ${to}`);
    }
    if (workflow) workflow.phase = to;
  }

  /** No fact without its effect: files that are done are done on disk and in the shadow repo. */
  #filesEnded(id: Uuid, status: Status): void {
    this.#move(id, ['files'], 'files-ended');
    const workflow = this.workflows.get(id);
    const repo = workflow && this.repos.get(workflow.repoId);
    if (!workflow || !repo) return;
    if (status.code !== 0) {
      if (repo.unlocked === id) repo.brokenOff.add(workflow.direction);
      return;
    }
    repo.hasDrifted = false;
    const tier = workflow.direction === 'freeze' ? 'frozen' : 'online';
    this.#checkFiles(`${workflow.direction} ${id}`, repo, tier);
  }

  #checkFiles(who: string, { id, hostPath }: Repo, tier: 'frozen' | 'online'): void {
    const flags = this.#disk.flagsWithin(hostPath);
    const isFrozen = tier === 'frozen';
    if (flags !== (isFrozen ? 'all' : 'none'))
      this.#fail(`${who}: ${tier}, but flags are ${flags}`);
    const commit = this.#disk.shadows.get(id)?.commits.at(-1);
    if (commit?.attrs !== (isFrozen ? 'i' : '')) {
      this.#fail(`${who}: ${tier}, but the shadow says '${commit?.attrs ?? 'nothing'}'`);
    } else if (isFrozen && commit.listing !== this.#disk.listing(hostPath)) {
      this.#fail(`${who}: the shadow does not record what is frozen`);
    }
  }

  /** At any time registry and repo agree, and at most one workflow holds a repo: the named one. */
  #checkHolding({ id, repo, registry }: Repo): void {
    if (registry.tier === '') return;
    if (registry.tier !== repo.tier || registry.workflowId !== repo.workflowId) {
      this.#fail(`repo ${id}: registry says ${registry.tier}, repo says ${repo.tier}`);
    }
    const holders = [...this.workflows].filter(
      ([, each]) => each.repoId === id && (each.phase === 'files' || each.phase === 'files-ended'),
    );
    if (holders.length > 1) this.#fail(`repo ${id} is held by ${holders.length} workflows`);
    const isHeld = repo.tier === 'freezing' || repo.tier === 'unfreezing';
    const holder = holders[0]?.[0];
    if (holder !== (isHeld ? repo.workflowId : undefined)) {
      this.#fail(`repo ${id} is ${repo.tier}, but held by ${holder ?? 'nobody'}`);
    }
  }

  #deleted(history: Uuid): void {
    const workflow = this.workflows.get(history);
    if (workflow?.phase !== 'terminated') this.#fail(`history ${history} deleted before its end`);
    if (workflow) workflow.isDeleted = true;
  }

  #checkDisk(repo: Repo): void {
    const { tier } = repo.registry;
    if ((tier !== 'frozen' && tier !== 'online') || repo.hasDrifted) return;
    this.#checkFiles(`repo ${repo.id}`, repo, tier);
    if (repo.error !== '')
      this.#fail(`repo ${repo.id} is ${tier}, but has the error ${repo.error}`);
  }

  async #checkChains(journal: MemoryJournal): Promise<void> {
    const heads = new Map<Uuid, string>();
    for (const { history, kind, id, parent, body } of await journal.readAll(0, Infinity)) {
      const { header } = readEvent(kind, body);
      const previous = heads.get(history) ?? nilUlid;
      if (parent !== previous || header.id !== id || header.parent !== previous) {
        this.#fail(`history ${history} is broken at ${id}`);
      }
      heads.set(history, id);
    }
    for await (const { history, vid, deleted } of journal.heads()) {
      if (!deleted && heads.get(history) !== vid) this.#fail(`history ${history} lacks its head`);
    }
  }

  async #checkAcknowledged(journal: MemoryJournal): Promise<void> {
    for (const [id, vid] of this.acknowledged) {
      const [first] = await journal.read(id);
      const isThere =
        first?.id === vid || (first === undefined && this.workflows.get(id)?.isDeleted);
      if (isThere !== true) this.#fail(`acknowledged workflow ${id} is not in the journal`);
    }
  }
}

function isBelow(path: string, top: string): boolean {
  return top !== '' && (path === top || path.startsWith(`${top}/`));
}

function begun(direction: Direction, workflowId: Uuid): Holding {
  return { tier: direction === 'freeze' ? 'freezing' : 'unfreezing', workflowId };
}

function ended(direction: Direction, workflowId: Uuid, statusCode: number): Holding {
  const done = direction === 'freeze' ? 'frozen' : 'online';
  return { tier: statusCode === 0 ? done : `${direction}-failed`, workflowId };
}
