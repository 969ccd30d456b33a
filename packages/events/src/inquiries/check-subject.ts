import { check } from '@permafrost/proto/events';
import type { Subject } from './subject.ts';

/** What of a repo's files is not as recorded. */
export const checkSubject: Subject<check.CheckRepoRequest, check.CheckRepoResponse> = {
  kind: 'check',
  question: check.CheckRepoRequest,
  item: check.CheckRepoResponse,
};
