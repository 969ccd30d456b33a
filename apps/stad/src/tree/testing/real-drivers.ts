// The drivers that set the attribute itself, for tests that all of them must pass.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttributeDriver } from '../attribute-driver.ts';
import { ChattrDriver } from '../drivers/chattr.ts';
import { NativeDriver } from '../drivers/native.ts';
import { ProgramsDriver } from '../drivers/programs-only.ts';

export const REAL_DRIVERS = ['chattr', 'native'] as const;
/** With the one that takes the place of chattr where system calls cannot be made, and is slow. */
export const ALL_REAL_DRIVERS = ['chattr', 'native', 'programs only'] as const;
export type RealDriverName = (typeof ALL_REAL_DRIVERS)[number];

/** The same for all processes of a user, as the state directory is for a stad and the next. */
export const holds: string = join(tmpdir(), `permafrost-test-holds-${process.getuid?.() ?? 0}`);

export function realDriver(name: RealDriverName): Promise<AttributeDriver> {
  switch (name) {
    case 'chattr':
      return ChattrDriver.open(holds);
    case 'programs only':
      return Promise.resolve(new ProgramsDriver());
    case 'native':
      return NativeDriver.open();
  }
}
