// Which driver sets the attribute, by the name that the operator gave.
import { join } from 'node:path';
import type { StateDirectory } from '@permafrost/events/state-directory';
import { FilesFault, type Log } from '@permafrost/workflow-core';
import type { AttributeDriver } from './tree/attribute-driver.ts';
import { ChattrDriver } from './tree/drivers/chattr.ts';
import { NativeDriver } from './tree/drivers/native.ts';
import { SimulatedDriver } from './tree/drivers/simulated.ts';

/** `auto` is native where it works, else chattr. */
export const driverNames = ['chattr', 'native', 'auto', 'simulated'] as const;
export type DriverName = (typeof driverNames)[number];

export type DriverMeans = Readonly<{ driver: DriverName; state: StateDirectory; log: Log }>;

/** Throws {@link FilesFault} when the driver cannot work here. */
export async function openDriver({ driver, state, log }: DriverMeans): Promise<AttributeDriver> {
  switch (driver) {
    case 'chattr':
      return new ChattrDriver();
    case 'native':
      return NativeDriver.open();
    case 'auto':
      return openBest(log);
    case 'simulated':
      return SimulatedDriver.open(join(state.path, 'simulated'), (warning) => {
        log.warn({ driver }, warning);
      });
  }
}

async function openBest(log: Log): Promise<AttributeDriver> {
  try {
    const native = await NativeDriver.open();
    log.info({ driver: 'native' }, 'driver chosen');
    return native;
  } catch (error) {
    if (!(error instanceof FilesFault)) throw error;
    log.info({ driver: 'chattr', why: error.message }, 'driver chosen');
    return new ChattrDriver();
  }
}
