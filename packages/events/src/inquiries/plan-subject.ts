import { plan } from '@permafrost/proto/events';
import type { Subject } from './subject.ts';

/** What a freeze or thaw of a repo's files would meet and do. */
export const planSubject: Subject<plan.PlanStorageRequest, plan.PlanStorageResponse> = {
  kind: 'plan',
  question: plan.PlanStorageRequest,
  item: plan.PlanStorageResponse,
};
