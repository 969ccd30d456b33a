import type { StreamKind } from '../journal/journal.ts';
import type { Codec } from './codec.ts';
import { indexCodec } from './index/codec.ts';
import type { IndexEvent } from './index/events.ts';
import { mainCodec } from './main/codec.ts';
import type { MainEvent } from './main/events.ts';
import { registryCodec } from './registry/codec.ts';
import type { RegistryEvent } from './registry/events.ts';
import { repoCodec } from './repo/codec.ts';
import type { RepoEvent } from './repo/events.ts';
import { workflowCodec } from './workflow/codec.ts';
import type { WorkflowEvent } from './workflow/events.ts';

/** An event of any history. */
export type AnyEvent = MainEvent | RegistryEvent | RepoEvent | WorkflowEvent | IndexEvent;

/** The codec of each kind of history, for those who read all of them. */
export const codecs: Readonly<Record<StreamKind, Pick<Codec<AnyEvent>, 'kind' | 'decode'>>> = {
  main: mainCodec,
  registry: registryCodec,
  repo: repoCodec,
  workflow: workflowCodec,
  index: indexCodec,
};
