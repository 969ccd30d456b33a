// A world whose first registry has an index that nobody can read.
import { mainId, nilUlid, NoVC, ulidSource, workflowIndexId } from '@permafrost/events';
import { main } from '../main/main.ts';
import { initMain } from '../use-cases/set-up.ts';
import { SmallWorld } from './small-world.ts';

export async function besideUnreadable(): Promise<SmallWorld> {
  const world = new SmallWorld();
  const { engine, journal } = world;
  await initMain(engine);
  await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: 'unreadable' });
  const append = { do: 'append', history: workflowIndexId('unreadable'), kind: 'index' } as const;
  const body = Uint8Array.of(255);
  await journal.commit([{ ...append, id: ulidSource()(), parent: nilUlid, body }]);
  await world.prepare();
  return world;
}
