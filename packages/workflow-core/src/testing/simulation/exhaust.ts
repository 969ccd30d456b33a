// One workflow of each kind, in a world without chance faults: every single point at which a daemon
// can be killed is tried, and every pair of points.
import type { Direction } from '@permafrost/events';
import type { Client } from './clients.ts';
import { PlannedCrashes } from './crashes.ts';
import type { Daemon } from './daemons.ts';
import { noFaults } from './faults.ts';
import { runAgenda } from './process.ts';
import { comeToRest, observe, populate, resultOf, type SimulationResult } from './simulate.ts';
import { smallest } from './site.ts';
import { World } from './world.ts';

/** What is under way while daemons are killed. */
export type Scenario = 'set-up' | Direction | 'repair' | 'gc';

export const scenarios: readonly Scenario[] = ['set-up', 'freeze', 'unfreeze', 'repair', 'gc'];

const SEED = 1;
const TRIES_MAX = 1000;
/** Long enough that the workflow is deleted. */
const UNTIL_OLD_MS = 8 * 60_000;

export type PlannedResult = SimulationResult &
  Readonly<{
    scenario: Scenario;
    points: readonly number[];
    /** How many points were passed, from the moment of arming until all was at rest. */
    passed: number;
  }>;

/** Runs a scenario and kills whoever comes to the named points. */
async function runPlanned(scenario: Scenario, points: readonly number[]): Promise<PlannedResult> {
  const crashes = new PlannedCrashes(points);
  const world = new World({ seed: SEED, faults: noFaults, crashes });
  const { site, daemons, admin } = populate(world, smallest);
  const life = observe(live(scenario, world, { admin, site, daemons, crashes }));
  await runAgenda(world, () => life.isOver || world.failures.length > 0);
  await comeToRest(world, { daemons, admin, life });
  const result = resultOf(SEED, world);
  return { ...result, scenario, points, passed: crashes.passed };
}

async function live(
  scenario: Scenario,
  world: World,
  { admin, site, daemons, crashes }: ReturnType<typeof populate> & { crashes: PlannedCrashes },
): Promise<void> {
  const [target] = site.repos;
  if (!target) return;
  if (scenario === 'set-up') crashes.arm();
  await admin.setUp();
  if (scenario === 'set-up') return;
  await stillness(world, daemons, admin);
  if (scenario !== 'freeze') {
    await admin.begin(target, 'freeze', { triesMax: TRIES_MAX });
    await stillness(world, daemons, admin);
  }
  crashes.arm();
  if (scenario === 'gc') return admin.wait(UNTIL_OLD_MS);
  if (scenario === 'repair') return admin.driftAndRepair(target, TRIES_MAX);
  await admin.begin(target, scenario, { triesMax: TRIES_MAX });
}

/** Waits, as a client does, until nothing is under way. */
async function stillness(
  { monitor }: World,
  daemons: readonly Daemon[],
  client: Client,
): Promise<void> {
  do await client.wait(1000);
  while (!monitor.isAtRest || daemons.some(({ tasksOpen }) => tasksOpen > 0));
}

/** Every single point of a scenario; with `pairs`, every pair as well. */
export async function* exhaust(
  scenario: Scenario,
  { pairs }: { pairs: boolean },
): AsyncGenerator<PlannedResult> {
  const { passed } = await runPlanned(scenario, []);
  for (let first = 0; first < passed; first++) {
    const single = await runPlanned(scenario, [first]);
    yield single;
    if (!pairs) continue;
    // The second is counted over what is done again after the first.
    for (let second = first + 1; second < single.passed; second++) {
      yield await runPlanned(scenario, [first, second]);
    }
  }
}
