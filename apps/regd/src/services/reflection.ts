// What regd serves, in the words of the contract, for tools that have no .proto files.
import { status } from '@grpc/grpc-js';
import { reflection, reflectionAlpha } from '@permafrost/proto';
import type * as descriptors from '@permafrost/proto/descriptors';
import { services } from '../access/rules.ts';
import { serviceOf, type MakeService } from '../grpc/service.ts';

type Request = reflection.ServerReflectionRequest;
type Question = NonNullable<Request['messageRequest']>;
type Answer = NonNullable<reflection.ServerReflectionResponse['messageResponse']>;
type Descriptors = typeof descriptors;

const wording = { subject: 'reflection error' };
const handlers = { serverReflectionInfo: respond };

export const reflectionServices: readonly MakeService[] = [
  serviceOf(reflection.ServerReflectionService, handlers, wording),
  serviceOf(reflectionAlpha.ServerReflectionService, handlers, wording),
];

async function* respond(
  requests: AsyncIterable<Request>,
): AsyncGenerator<reflection.ServerReflectionResponse> {
  // Not before somebody asks, since hardly anybody does.
  const loaded = await import('@permafrost/proto/descriptors');
  for await (const request of requests) {
    const messageResponse = answerTo(request.messageRequest, loaded);
    yield { validHost: request.host, originalRequest: request, messageResponse };
  }
}

function answerTo(question: Question | undefined, known: Descriptors): Answer {
  switch (question?.$case) {
    case 'listServices':
      return {
        $case: 'listServicesResponse',
        value: { service: Array.from(services, (name) => ({ name })) },
      };
    case 'fileByFilename':
      return found(known.filesByName(question.value));
    case 'fileContainingSymbol':
      return found(known.filesBySymbol(question.value));
    case 'fileContainingExtension':
      // The contract extends nothing.
      return found(undefined);
    case 'allExtensionNumbersOfType': {
      const baseTypeName = question.value;
      if (!known.isMessage(baseTypeName)) return found(undefined);
      return {
        $case: 'allExtensionNumbersResponse',
        value: { baseTypeName, extensionNumber: [] },
      };
    }
    case undefined:
      return failed(status.INVALID_ARGUMENT, 'the request asks for nothing that is known here');
  }
}

/** As this protocol has it, a question that fails does not end the call. */
function failed(errorCode: status, errorMessage: string): Answer {
  return { $case: 'errorResponse', value: { errorCode, errorMessage } };
}

function found(files: readonly Uint8Array[] | undefined): Answer {
  if (!files) return failed(status.NOT_FOUND, 'the contract has nothing of this name');
  return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto: [...files] } };
}
