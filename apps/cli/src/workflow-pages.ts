// Asks regd for the workflows of a registry, however many there are.
import { operator } from '@permafrost/proto';
import type { Session } from './session.ts';

type Wanted = Pick<operator.ListWorkflowsRequest, 'registry' | 'includeFinished'>;

/** Page after page, oldest first. A page may be empty. */
export async function* workflowPages(
  { regd, signal }: Pick<Session, 'regd' | 'signal'>,
  wanted: Wanted,
): AsyncGenerator<readonly operator.Workflow[]> {
  let pageToken = '';
  do {
    const request = operator.ListWorkflowsRequest.fromPartial({
      ...wanted,
      pageSize: 500,
      pageToken,
    });
    const page = await regd.ask(operator.OperatorService.listWorkflows, request, signal);
    yield page.workflows;
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
}
