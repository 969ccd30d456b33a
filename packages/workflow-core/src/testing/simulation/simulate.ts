// One run of the simulation: build a world from a seed, let it live and suffer, then be kind to it
// and wait until all has come to rest, and look.
import { Client } from './clients.ts';
import { Daemon, startRegd, startStad } from './daemons.ts';
import type { Defect } from './defects.ts';
import { drawFaults } from './faults.ts';
import { Process, runAgenda } from './process.ts';
import { Prng } from './prng.ts';
import { drawSize, hostName, layOut, type Site, type SiteSize } from './site.ts';
import { START_MS, World } from './world.ts';

/** How long after the end of the faults all must be at rest, in virtual time. */
const REST_MS_MAX = 60 * 60_000;
/** For how long nothing may happen before a world is taken to be at rest. */
const STILL_MS = 30_000;

export type SimulationResult = Readonly<{
  seed: number;
  /** What the checkers found; empty when all is well. */
  failures: readonly string[];
  /** Equal for equal runs. */
  digest: string;
  /** The latest lines of the trace. */
  trace: readonly string[];
  /** Virtual time from start to rest. */
  simulatedMs: number;
  crashes: number;
  workflows: number;
}>;

/** A world with its daemons, before anything has happened. */
export function populate(
  world: World,
  size: SiteSize,
): { site: Site; daemons: Daemon[]; admin: Client } {
  const site = layOut(size, world.random, world.disk);
  const regds = Array.from(
    { length: size.regds },
    (_, i) => new Daemon(world, `regd${i}`, startRegd),
  );
  const stads = Array.from({ length: size.hosts * size.stadsPerHost }, (_, i) => {
    const host = hostName(i % size.hosts);
    return new Daemon(world, `stad${i}`, (process) =>
      startStad(process, host, world.random.uuid()),
    );
  });
  const admin = new Client(world, 'admin', { regds, site });
  return { site, daemons: [...regds, ...stads], admin };
}

/** Runs one seed. */
export async function simulate({
  seed,
  defect,
}: {
  seed: number;
  defect?: Defect | undefined;
}): Promise<SimulationResult> {
  const random = new Prng(seed);
  const size = drawSize(random);
  const world = new World({ seed: random.int(2 ** 32), faults: drawFaults(random), defect });
  const { site, daemons, admin } = populate(world, size);
  const regds = daemons.slice(0, size.regds);
  const life = async (): Promise<void> => {
    await admin.setUp();
    const clients = Array.from(
      { length: size.clients },
      (_, i) => new Client(world, `client${i}`, { regds, site }),
    );
    await Promise.all(clients.map((client) => client.play(size.actsPerClient)));
  };
  const over = observe(life());
  stopNowAndThen(world, daemons);
  await runAgenda(
    world,
    () => over.isOver || world.failures.length > 0 || isLate(world, 2 * REST_MS_MAX),
  );
  world.endFaults();
  await comeToRest(world, { daemons, admin, life: over });
  return resultOf(seed, world);
}

/** Runs until nothing is left to do, and checks what must hold then. */
export async function comeToRest(
  world: World,
  {
    daemons,
    admin,
    life,
  }: { daemons: readonly Daemon[]; admin: Client; life: { readonly isOver: boolean } },
): Promise<void> {
  const sinceMs = world.agenda.nowMs;
  void admin.mend();
  let stillSinceMs = Infinity;
  const isAtRest = (): boolean => {
    const isBusy =
      !life.isOver ||
      !world.monitor.isAtRest ||
      daemons.some((daemon) => daemon.tasksOpen > 0 || !daemon.process.isAlive);
    if (isBusy) stillSinceMs = Infinity;
    else stillSinceMs = Math.min(stillSinceMs, world.agenda.nowMs);
    return world.agenda.nowMs - stillSinceMs >= STILL_MS;
  };
  const isLateNow = (): boolean => world.agenda.nowMs - sinceMs > REST_MS_MAX;
  await runAgenda(world, () => world.failures.length > 0 || isAtRest() || isLateNow());
  if (world.failures.length > 0) return;
  if (isLateNow()) world.fail('not at rest in time');
  await world.monitor.checkEnd(world.journal);
}

export function resultOf(seed: number, world: World): SimulationResult {
  return {
    seed,
    failures: world.failures,
    digest: world.trace.digest,
    trace: world.trace.latest(),
    simulatedMs: world.agenda.nowMs - START_MS,
    crashes: world.crashCount,
    workflows: world.monitor.workflows.size,
  };
}

/** Whether some work has come to its end. */
export function observe(work: Promise<unknown>): { readonly isOver: boolean } {
  const state = { isOver: false };
  void work.then(() => void (state.isOver = true));
  return state;
}

function isLate(world: World, ms: number): boolean {
  return world.agenda.nowMs - START_MS > ms;
}

/** Operators restart daemons in peace, too. */
function stopNowAndThen(world: World, daemons: readonly Daemon[]): void {
  const operator = new Process(world, 'operator');
  const act = (): void => {
    if (world.faults.crash > 0) world.random.pick(daemons).stop();
    operator.later(world.random.between(0, 5 * 60_000), act);
  };
  operator.later(world.random.between(0, 5 * 60_000), act);
}
