// Which capabilities the processes have that this one starts, read from /proc.
import { readFileSync } from 'node:fs';

/** The bits of capability.h, for all that stad needs. */
const BITS = { CAP_DAC_READ_SEARCH: 2n, CAP_FOWNER: 3n, CAP_LINUX_IMMUTABLE: 9n } as const;
export type Capability = keyof typeof BITS;

/** Whose capabilities count: those of this process, or those that it hands on to programs. */
export type CapabilityHolder = 'self' | 'programs';

/** In a user namespace capabilities are worth nothing for the immutable attribute. */
const INITIAL_USER_NAMESPACE = /^\s*0\s+0\s+4294967295\s*$/;

/**
 * Whether a program that this process starts may set the immutable attribute on files of `ownerUid`.
 * Root hands on what it has; anybody else only the ambient set, as systemd's AmbientCapabilities.
 */
export function mayChangeFlags(ownerUid: bigint): boolean {
  const missing = missingCapabilities('programs');
  const mayOwn = !missing.includes('CAP_FOWNER') || ownerUid === effectiveUid();
  return !missing.includes('CAP_LINUX_IMMUTABLE') && mayOwn;
}

/** Those of the needed capabilities that are not there; in a user namespace none of them counts. */
export function missingCapabilities(holder: CapabilityHolder): readonly Capability[] {
  const set = holder === 'self' || effectiveUid() === 0n ? 'CapEff' : 'CapAmb';
  const status = readFileSync('/proc/self/status', 'latin1');
  const bits = BigInt(`0x${new RegExp(`^${set}:\\s*([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`);
  const counts = INITIAL_USER_NAMESPACE.test(readFileSync('/proc/self/uid_map', 'latin1'));
  const names = Object.keys(BITS) as Capability[];
  return names.filter((name) => !counts || ((bits >> BITS[name]) & 1n) === 0n);
}

function effectiveUid(): bigint {
  return BigInt(process.geteuid?.() ?? -1);
}
