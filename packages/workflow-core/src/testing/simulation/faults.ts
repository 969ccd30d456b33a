// What can go wrong, and how often. Each seed draws its own mixture, since rare combinations come
// up sooner when some faults are left out altogether.
import { FilesFault, type FilesFaultCode } from '../../ports/files.ts';
import type { Prng } from './prng.ts';

/** Each is the chance at one opportunity, 0 to 1. */
export type FaultPlan = Readonly<{
  /** A daemon is killed, before or after an effect. */
  crash: number;
  /** A call of the journal fails, and has written nothing. */
  journalDown: number;
  /** A commit is durable, but its caller is told that it failed. */
  ackLost: number;
  /** A wake-up does not come before the next safety look. */
  wakeUpLost: number;
  /** A wake-up comes twice. */
  wakeUpRepeated: number;
  /** An effect on files fails in a way that may pass. */
  filesBusy: number;
  /** An effect on files fails in a way that will not pass. */
  filesBroken: number;
  /** The lock of a repo cannot be used. */
  lockBroken: number;
  /** An operation takes up to minutes, as that of a stopped process does. */
  slow: number;
  /** A daemon's clock jumps, either way, at an effect. */
  clockJump: number;
}>;

export const noFaults: FaultPlan = {
  crash: 0,
  journalDown: 0,
  ackLost: 0,
  wakeUpLost: 0,
  wakeUpRepeated: 0,
  filesBusy: 0,
  filesBroken: 0,
  lockBroken: 0,
  slow: 0,
  clockJump: 0,
};

export function drawFaults(random: Prng): FaultPlan {
  const upTo = (max: number): number => (random.chance(0.4) ? 0 : max * random.next() ** 2);
  return {
    crash: upTo(0.06),
    journalDown: upTo(0.1),
    ackLost: upTo(0.1),
    wakeUpLost: upTo(0.5),
    wakeUpRepeated: upTo(0.3),
    filesBusy: upTo(0.1),
    filesBroken: upTo(0.03),
    slow: upTo(0.02),
    clockJump: upTo(0.02),
    // Also nearly always, since a fault that soon passes ends nothing.
    lockBroken: random.chance(0.1) ? 0.95 : upTo(0.2),
  };
}

const busy = ['EIO', 'EMFILE', 'EBUSY', 'ENOSPC', 'cannot fork'] as const;

const broken: readonly (readonly [FilesFaultCode, string])[] = [
  ['FILES_NO_PRIVILEGE', 'EPERM'],
  ['FILES_READ_ONLY', 'EROFS'],
  ['FILES_NO_ATTRIBUTES', 'EOPNOTSUPP'],
  ['FILES_NO_SPACE', 'ENOSPC'],
  ['FILES_MISSING', 'ENOENT'],
  ['FILES_GIT_FAILED', 'fatal: bad object'],
  ['FILES_NO_PROGRAM', 'git: not found'],
];

export function busyFault(random: Prng, path: string): FilesFault {
  return new FilesFault('FILES_IO', `${path}: ${random.pick(busy)}`, { retry: 'later' });
}

export function brokenFault(random: Prng, path: string): FilesFault {
  const [code, cause] = random.pick(broken);
  return new FilesFault(code, `${path}: ${cause}`, { retry: 'never' });
}
