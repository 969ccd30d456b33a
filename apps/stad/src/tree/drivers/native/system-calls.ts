// The system calls that Node does not have, through libc's syscall(2). Each blocks its thread, as
// those of Node that are called synchronous do.
//
// A buffer's memory never moves, so its address is asked for once and passed as a number from then
// on: that is several times cheaper than to hand over a buffer with each call. Whoever holds an
// address must hold its buffer too.
import { constants } from 'node:os';
import koffi from 'koffi';

/** Linux x86-64 and arm64; the generic table has given new calls the same number everywhere. */
const NUMBERS = {
  x64: {
    close: 3,
    lseek: 8,
    ioctl: 16,
    wait4: 61,
    flock: 73,
    getdents64: 217,
    openat: 257,
    ppoll: 271,
    statx: 332,
  },
  arm64: {
    close: 57,
    lseek: 62,
    ioctl: 29,
    wait4: 260,
    flock: 32,
    getdents64: 61,
    openat: 56,
    ppoll: 73,
    statx: 291,
  },
} as const;
const SAME_EVERYWHERE = { openat2: 437, file_getattr: 468, file_setattr: 469 } as const;

export type SystemCall = keyof (typeof NUMBERS)['x64'] | keyof typeof SAME_EVERYWHERE;

/** Where a name or a structure begins, as an unsigned number. */
export type Address = number;

type Syscall = (number: number, ...args: readonly [...Arguments]) => number;
type Arguments = [a: number, b: number, c: number, d: number, e: number];

const numbers = numbersOf(process.arch);
const libc = koffi.load(null);
const syscall = libc.func('long syscall(long, long, long, long, long, long)') as Syscall;

/** Makes the call. Returns what it returned, or the negative errno. */
export function call(name: SystemCall, a = 0, b = 0, c = 0, d = 0, e = 0): number {
  const result = syscall(numbers[name], a, b, c, d, e);
  return result < 0 ? -(koffi.errno() || constants.errno.EIO) : result;
}

/**
 * A function of libc for what takes more than one system call; it takes and gives plain numbers, an
 * address among them as `uintptr_t`. Throws where this libc does not have it.
 */
export function libcFunction(prototype: string): (...args: readonly number[]) => number {
  return libc.func(prototype) as (...args: readonly number[]) => number;
}

/** Memory for the kernel, and its address. */
export type Memory = Readonly<{ buffer: Buffer; at: Address }>;

export function memory(bytes: number): Memory {
  // From the pool it could be a part of another buffer, and misaligned.
  const buffer = Buffer.alloc(bytes);
  return { buffer, at: Number(koffi.address(buffer)) };
}

const NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** `ENOENT` for -2. */
export function errnoName(negative: number): string {
  return NAMES.get(-negative) ?? `E${-negative}`;
}

function numbersOf(arch: string): Readonly<Record<SystemCall, number>> {
  if (process.platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64'))
    throw new Error(`no system calls are known for ${process.platform} on ${arch}`);
  return { ...NUMBERS[arch], ...SAME_EVERYWHERE };
}
