// What the types of a service of the contract tell of its calls.

/** A method as ts-proto generates it. Those with a stream of requests have one of responses, too. */
export interface Method {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: never) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (value: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

/** The methods of a service, by their names. */
export type Contract = Readonly<Record<string, Method>>;
export type Request<M extends Method> = ReturnType<M['requestDeserialize']>;
export type Response<M extends Method> = Parameters<M['responseSerialize']>[0];

/** What is known when a caller is let in or not: of a stream of requests, nothing. */
export type FirstKnown<M extends Method> = M['requestStream'] extends true ? undefined : Request<M>;
