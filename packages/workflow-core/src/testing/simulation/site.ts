// What is simulated: how many of each, and where the repos lie.
import type { Root, Uuid } from '@permafrost/events';
import type { FakeDisk } from '../fake-disk.ts';
import type { Prng } from './prng.ts';

export type SiteRepo = Readonly<{ repoId: Uuid; globalPath: string; hostPath: string }>;

export type Site = Readonly<{
  name: string;
  roots: readonly Root[];
  repos: readonly SiteRepo[];
}>;

export type SiteSize = Readonly<{
  regds: number;
  hosts: number;
  stadsPerHost: number;
  repos: number;
  clients: number;
  actsPerClient: number;
}>;

export const smallest: SiteSize = {
  regds: 1,
  hosts: 1,
  stadsPerHost: 1,
  repos: 1,
  clients: 0,
  actsPerClient: 0,
};

export function drawSize(random: Prng): SiteSize {
  return {
    regds: 1 + random.int(2),
    hosts: 1 + random.int(2),
    stadsPerHost: 1 + random.int(2),
    repos: 1 + random.int(4),
    clients: 1 + random.int(3),
    actsPerClient: 2 + random.int(6),
  };
}

/** Lays the repos out over the hosts, with a small tree each. */
export function layOut({ hosts, repos }: SiteSize, random: Prng, disk: FakeDisk): Site {
  const roots = Array.from({ length: hosts }, (_, i): Root => {
    return { globalRoot: `/h${i}`, host: hostName(i), hostRoot: `/srv${i}`, gitlabNamespace: '' };
  });
  const laidOut = Array.from({ length: repos }, (_, i): SiteRepo => {
    const host = i % hosts;
    const hostPath = `/srv${host}/r${i}`;
    for (const file of ['a', 'sub/b', 'sub/c']) disk.write(`${hostPath}/${file}`);
    disk.write(`${hostPath}/link`, { kind: 'link' });
    return { repoId: random.uuid(), globalPath: `/h${host}/r${i}`, hostPath };
  });
  return { name: 'exreg', roots, repos: laidOut };
}

export function hostName(i: number): string {
  return `host${i}`;
}
