import { status } from '@grpc/grpc-js';
import { VersionConflictError } from '@permafrost/events';
import { RpcError } from '../grpc/rpc-error.ts';

/** Workflows that begin word a version that is not current in a way of their own. */
export async function versionConflict<T>(begin: () => Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
    throw new RpcError('version conflict', {
      status: status.FAILED_PRECONDITION,
      code: error.code,
      remedy: 'Read the current versions, and decide again.',
    });
  }
}
