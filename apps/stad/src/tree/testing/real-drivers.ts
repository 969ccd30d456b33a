// The drivers that set the attribute itself, for tests that all of them must pass.
import type { AttributeDriver } from '../attribute-driver.ts';
import { ChattrDriver } from '../drivers/chattr.ts';
import { NativeDriver } from '../drivers/native.ts';

export const REAL_DRIVERS = ['chattr', 'native'] as const;
export type RealDriverName = (typeof REAL_DRIVERS)[number];

export function realDriver(name: RealDriverName): Promise<AttributeDriver> {
  return name === 'chattr' ? Promise.resolve(new ChattrDriver()) : NativeDriver.open();
}
