// The status codes that workflows end with (spec/wire.md 4.1), by what failed.
import type { Direction } from '@permafrost/events';

export const SC_OK = 0;
export const SC_RUNNING = 100;
export const SC_FAILED = 101;

type Failure = 'registry-begin' | 'repo-begin' | 'files';

const codes: Readonly<Record<Direction, Readonly<Record<Failure, number>>>> = {
  freeze: { 'registry-begin': 103, 'repo-begin': 104, files: 105 },
  unfreeze: { 'registry-begin': 106, 'repo-begin': 107, files: 108 },
};

export function failureCode(direction: Direction, failure: Failure): number {
  return codes[direction][failure];
}
