import { mainId, ulidToBytes } from '@permafrost/events';
import { MainService } from '@permafrost/proto';
import { main } from '@permafrost/workflow-core';
import { serviceOf, type MakeService } from '../grpc/service.ts';
import type { Context } from './context.ts';

/** The list of registries. */
export function mainService({ engine }: Context): MakeService {
  return serviceOf(
    MainService,
    {
      getRegistries: async () => {
        const { vid, state } = await engine.find(main, mainId);
        return { main: state.name, vid: ulidToBytes(vid), registries: [...state.registries] };
      },
    },
    { subject: 'main error' },
  );
}
