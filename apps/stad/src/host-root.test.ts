import {
  Engine,
  mainId,
  nilUlid,
  NoVC,
  registryId,
  ulidSource,
  workflowIndexId,
} from '@permafrost/events';
import { MemoryJournal } from '@permafrost/events/testing';
import { confirmRegistry, initMain, main, registry } from '@permafrost/workflow-core';
import { expect, it } from 'vitest';
import { hostRootAround } from './host-root.ts';

it('is the innermost of all registries that is on the host', async () => {
  const engine = new Engine({ journal: new MemoryJournal(), nextId: ulidSource() });
  await initMain(engine);
  // A registry that nobody can read keeps nobody from the roots of the others.
  await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name: 'unreadable' });
  const append = { do: 'append', history: registryId('unreadable'), kind: 'registry' } as const;
  const body = Uint8Array.of(255);
  await engine.journal.commit([{ ...append, id: ulidSource()(), parent: nilUlid, body }]);
  const roots = [
    ['one', 'files1', '/srv'],
    ['two', 'files1', '/srv/lab'],
    ['three', 'files2', '/srv/lab/deep'],
  ] as const;
  for (const [name, host, hostRoot] of roots) {
    const id = registryId(name);
    await engine.tell(main, mainId, NoVC, { type: 'AcceptRegistry', name });
    await confirmRegistry(engine, name);
    const indexId = workflowIndexId(name);
    await engine.tell(registry, id, NoVC, { type: 'EnableEphemeralWorkflows', indexId });
    const root = { host, hostRoot, globalRoot: `/global/${name}`, gitlabNamespace: '' };
    await engine.tell(registry, id, NoVC, { type: 'InitRoot', root });
  }
  const around = (path: string): Promise<string | undefined> =>
    hostRootAround(engine, { host: 'files1', path });
  expect(await around('/srv/lab/deep/repo')).toBe('/srv/lab');
  expect(await around('/srv/lab')).toBe('/srv/lab');
  expect(await around('/srv/laboratory')).toBe('/srv');
  await expect(around('/home/x')).rejects.toMatchObject({ code: 'EVENT_UNREADABLE' });
});

it('is none where no root is around the path', async () => {
  const engine = new Engine({ journal: new MemoryJournal(), nextId: ulidSource() });
  await initMain(engine);
  expect(await hostRootAround(engine, { host: 'files1', path: '/home/x' })).toBeUndefined();
});
