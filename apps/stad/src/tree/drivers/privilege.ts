// Which capabilities the processes have that this one starts, read from /proc.
import { readFileSync } from 'node:fs';

/** The bits of capability.h. */
const CAP_FOWNER = 3n;
const CAP_LINUX_IMMUTABLE = 9n;

/** In a user namespace capabilities are worth nothing for the immutable attribute. */
const INITIAL_USER_NAMESPACE = /^\s*0\s+0\s+4294967295\s*$/;

/**
 * Whether a program that this process starts may set the immutable attribute on files of `ownerUid`.
 * Root hands on what it has; anybody else only the ambient set, as systemd's AmbientCapabilities.
 */
export function mayChangeFlags(ownerUid: bigint): boolean {
  const euid = BigInt(process.geteuid?.() ?? -1);
  const set = euid === 0n ? 'CapEff' : 'CapAmb';
  const status = readFileSync('/proc/self/status', 'latin1');
  const bits = BigInt(`0x${new RegExp(`^${set}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`);
  const has = (capability: bigint): boolean => ((bits >> capability) & 1n) === 1n;
  return (
    has(CAP_LINUX_IMMUTABLE) &&
    (has(CAP_FOWNER) || ownerUid === euid) &&
    INITIAL_USER_NAMESPACE.test(readFileSync('/proc/self/uid_map', 'latin1'))
  );
}
