// People and scripts: they set things up, begin freezes and thaws, repeat, abort, cancel, give up,
// and write into the trees meanwhile.
import {
  Fault,
  mainId,
  NoVC,
  RefusedError,
  registryId,
  VersionConflictError,
  workflowIndexId,
  type Engine,
  type Uuid,
} from '@permafrost/events';
import { main } from '../../main/main.ts';
import { registry } from '../../registry/aggregate.ts';
import { repo } from '../../repo/repo.ts';
import { SC_FAILED } from '../../storage/status-code.ts';
import {
  beginWorkflow,
  type BeginReply,
  type BeginRequest,
} from '../../use-cases/begin-workflow.ts';
import { cancelWorkflow } from '../../use-cases/cancel-workflow.ts';
import { askToAbort } from '../../use-cases/end-workflow.ts';
import { initRepo } from '../../use-cases/init-repo.ts';
import { ImmutableEntryError } from '../fake-disk.ts';
import type { Callee, Daemon } from './daemons.ts';
import { Process } from './process.ts';
import type { Site, SiteRepo } from './site.ts';
import type { World } from './world.ts';

const CALL_TIMEOUT_MS = 60_000;
const INSIST_MS_MAX = 30_000;

type Answer<T> = Readonly<{ did: 'answer'; value: T } | { did: 'refuse' } | { did: 'fail' }>;

export class Client {
  readonly #world: World;
  readonly #process: Process;
  readonly #regds: readonly Daemon[];
  readonly #site: Site;

  constructor(
    world: World,
    name: string,
    { regds, site }: { regds: readonly Daemon[]; site: Site },
  ) {
    this.#world = world;
    this.#process = new Process(world, name);
    this.#regds = regds;
    this.#site = site;
  }

  /** Sets up registry, roots and repos, however often it takes. */
  async setUp(): Promise<void> {
    const { name, roots, repos } = this.#site;
    const id = registryId(name);
    await this.#insist((engine) =>
      engine.transact((tx) => tx.tell(main, mainId, { type: 'AcceptRegistry', name })),
    );
    const indexId = workflowIndexId(name);
    await this.#insist((engine) =>
      engine.tell(registry, id, NoVC, { type: 'EnableEphemeralWorkflows', indexId }),
    );
    for (const root of roots) {
      await this.#insist((engine) => engine.tell(registry, id, NoVC, { type: 'InitRoot', root }));
    }
    for (const { repoId, globalPath } of repos) {
      const request = { registry: name, repoId, globalPath, creator: this.#author() };
      await this.#insist((engine) => initRepo(engine, request));
    }
  }

  /** Does some things at random, and then no more. */
  async play(acts: number): Promise<void> {
    const { random } = this.#process;
    for (let act = 0; act < acts; act++) {
      await this.wait(random.between(0, 60_000));
      const target = random.pick(this.#site.repos);
      const dice = random.next();
      if (dice < 0.2) this.#write(target);
      else if (dice < 0.25) await this.clearError(target.repoId);
      else if (dice < 0.35) await this.driftAndRepair(target, random.int(6));
      else
        await this.begin(target, random.chance(0.5) ? 'freeze' : 'unfreeze', {
          triesMax: random.int(6),
        });
    }
  }

  /** Begins a workflow, and repeats the call until it is answered or `triesMax` is reached. */
  async begin(
    { repoId }: SiteRepo,
    direction: BeginRequest['direction'],
    { triesMax, repair }: Readonly<{ triesMax: number; repair?: true }>,
  ): Promise<void> {
    const { random } = this.#process;
    const workflowId = random.uuid();
    const author = this.#author();
    const registry = this.#site.name;
    const asked = { direction, registry, repoId, workflowId, author };
    const request: BeginRequest = { ...asked, ...(repair && { repair }) };
    const reply = await this.#ask(request, triesMax);
    if (!reply) return;
    this.#world.acknowledged(workflowId, reply.workflowVid);
    if (random.chance(0.1)) await this.#abort(workflowId);
    if (random.chance(0.2)) await this.#cancel(workflowId);
    if (random.chance(0.2)) await this.#repeat(request, reply);
  }

  /** A restore from a backup loses flags or brings old ones back; then somebody has that mended. */
  async driftAndRepair(target: SiteRepo, triesMax: number): Promise<void> {
    const { monitor, disk } = this.#world;
    const tier = monitor.settledTier(target.repoId);
    if (tier === undefined) return;
    const path = this.#process.random.pick(disk.pathsWithin(target.hostPath));
    disk.setImmutable(path, tier === 'online');
    monitor.drifted(target.repoId);
    await this.wait(this.#process.random.between(0, 1000));
    const direction = tier === 'frozen' ? 'freeze' : 'unfreeze';
    await this.begin(target, direction, { triesMax, repair: true });
  }

  /** Clears the errors of repos that could not be set up, as somebody does who has mended the cause. */
  async mend(): Promise<void> {
    while (!this.#world.monitor.isAtRest) {
      for (const { repoId } of this.#site.repos) await this.clearError(repoId);
      await this.wait(INSIST_MS_MAX);
    }
  }

  wait(ms: number): Promise<void> {
    return this.#process.wait(ms);
  }

  async clearError(repoId: Uuid): Promise<void> {
    await this.#call((engine) => engine.tell(repo, repoId, NoVC, { type: 'ClearError' }));
  }

  async #ask(request: BeginRequest, triesMax: number): Promise<BeginReply | undefined> {
    for (let attempt = 0; attempt <= triesMax; attempt++) {
      const answer = await this.#call((engine) => beginWorkflow(engine, request));
      this.#process.log(`begin ${request.direction} ${request.workflowId}: ${answer.did}`);
      if (answer.did === 'answer') return answer.value;
      if (answer.did === 'refuse') return undefined;
      await this.wait(this.#process.random.between(0, 5000));
    }
    return undefined;
  }

  /** A request that is repeated, perhaps long after, is answered as it was the first time. */
  async #repeat(request: BeginRequest, before: BeginReply): Promise<void> {
    await this.wait(this.#process.random.between(0, 10 * 60_000));
    const again = await this.#call((engine) => beginWorkflow(engine, request));
    if (again.did !== 'answer') return;
    if (JSON.stringify(again.value) !== JSON.stringify(before)) {
      this.#world.fail(`workflow ${request.workflowId} was answered in two ways`);
    }
  }

  async #abort(workflowId: Uuid): Promise<void> {
    const status = { code: SC_FAILED, message: 'changed my mind' };
    const answer = await this.#call((engine) =>
      engine.transact((tx) => askToAbort(tx, workflowId, { status })),
    );
    this.#process.log(`abort ${workflowId}: ${answer.did}`);
  }

  async #cancel(workflowId: Uuid): Promise<void> {
    const { random, name: by } = this.#process;
    await this.wait(random.between(0, random.chance(0.5) ? 50 : 60_000));
    const order = { workflowId, by, reason: 'changed my mind', force: random.chance(0.3) };
    const answer = await this.#call((_engine, callee) => cancelWorkflow(callee, order));
    const what = answer.did === 'answer' ? answer.value : answer.did;
    this.#process.log(`cancel ${workflowId}${order.force ? ' by force' : ''}: ${what}`);
  }

  #write({ hostPath }: SiteRepo): void {
    const path = `${hostPath}/${this.#process.random.pick(['a', 'sub/b', 'new'])}`;
    try {
      this.#world.disk.write(path, { content: this.#process.random.uuid() });
    } catch (error) {
      if (!(error instanceof ImmutableEntryError)) throw error;
    }
  }

  /** One call of a regd, as over a network: it may be down, fail, or die before it answers. */
  #call<T>(work: (engine: Engine, callee: Callee) => Promise<T>): Promise<Answer<T>> {
    const { random } = this.#process;
    const { callee, process } = random.pick(this.#regds);
    return new Promise((resolve) => {
      const answer = (value: Answer<T>): void =>
        this.#process.later(random.between(0, 2), () => resolve(value));
      if (!callee) {
        answer({ did: 'fail' });
        return;
      }
      this.#process.later(CALL_TIMEOUT_MS, () => resolve({ did: 'fail' }));
      process.later(random.between(0, 2), () => {
        work(callee.engine, callee).then(
          (value) => answer({ did: 'answer', value }),
          (error: unknown) => {
            if (error instanceof Fault) {
              answer({ did: 'fail' });
              return;
            }
            const isRefusal =
              error instanceof RefusedError || error instanceof VersionConflictError;
            if (!isRefusal) process.reportBug('call', error);
            answer({ did: 'refuse' });
          },
        );
      });
    });
  }

  /** Calls until it is accepted: a refusal may only mean that something else is not there yet. */
  async #insist(work: (engine: Engine) => Promise<unknown>): Promise<void> {
    for (let waitMs = 500; (await this.#call(work)).did !== 'answer';) {
      waitMs = Math.min(2 * waitMs, INSIST_MS_MAX);
      await this.wait(waitMs);
    }
  }

  #author(): { name: string; email: string } {
    return { name: this.#process.name, email: `${this.#process.name}@example.org` };
  }
}
