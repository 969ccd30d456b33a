// Which driver sets the attribute, by the name that the operator gave.
import { join } from 'node:path';
import type { StateDirectory } from '@permafrost/events/state-directory';
import { FilesFault, type Log } from '@permafrost/workflow-core';
import type { AttributeDriver } from './tree/attribute-driver.ts';
import { ChattrDriver } from './tree/drivers/chattr.ts';
import { NativeDriver } from './tree/drivers/native.ts';
import { ProgramsDriver } from './tree/drivers/programs-only.ts';
import { SimulatedDriver } from './tree/drivers/simulated.ts';

/** `auto` is native where it works, else chattr. */
export const driverNames = ['chattr', 'native', 'auto', 'simulated'] as const;
export type DriverName = (typeof driverNames)[number];

export type DriverMeans = Readonly<{ driver: DriverName; state: StateDirectory; log: Log }>;

/** Throws {@link FilesFault} when the driver cannot work here. */
export async function openDriver({ driver, state, log }: DriverMeans): Promise<AttributeDriver> {
  switch (driver) {
    case 'chattr':
      return openChattr(state, log);
    case 'native':
      return NativeDriver.open();
    case 'auto':
      return openBest(state, log);
    case 'simulated':
      return SimulatedDriver.open(join(state.path, 'simulated'), (warning) => {
        log.warn({ driver }, warning);
      });
  }
}

async function openBest(state: StateDirectory, log: Log): Promise<AttributeDriver> {
  const native = await orWhyNot(NativeDriver.open());
  if (native instanceof FilesFault) {
    log.info({ driver: 'chattr', why: native.message }, 'driver chosen');
    return openChattr(state, log);
  }
  log.info({ driver: 'native' }, 'driver chosen');
  return native;
}

/** It works everywhere; slower where it has to look at files through programs too. */
async function openChattr(state: StateDirectory, log: Log): Promise<AttributeDriver> {
  const chattr = await orWhyNot(ChattrDriver.open(state.locks));
  if (!(chattr instanceof FilesFault)) return chattr;
  log.info({ driver: 'chattr', why: chattr.message }, 'files are looked at by lsattr');
  return new ProgramsDriver();
}

function orWhyNot<T>(opening: Promise<T>): Promise<T | FilesFault> {
  return opening.catch((error: unknown) => {
    if (error instanceof FilesFault) return error;
    throw error;
  });
}
