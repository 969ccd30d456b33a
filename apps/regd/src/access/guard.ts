// At the door of every call: who makes it, whether they may, and what the log says of it.
import { status, type StatusObject } from '@grpc/grpc-js';
import type { CallSpan, CallSpans } from '@permafrost/daemon-kit/tracing';
import { scopeText, UnauthenticatedError, type Check } from '@permafrost/access/rights';
import { invariant, type Origin } from '@permafrost/events';
import type { Log } from '@permafrost/workflow-core';
import type { Authenticate, Presented } from './authenticate.ts';
import type { Caller } from './caller.ts';
import type { Objects } from './objects.ts';
import type { Rule } from './rule.ts';
import { certificateOf, checkReason, originOf, reasonOf, traceparentOf } from './origin.ts';
import { idsIn, type RequestIds } from './request-ids.ts';
import { rules } from './rules.ts';
import { TokenNeededError } from './token-needed-error.ts';

/** How a call has ended. */
export type CallEnd = Readonly<{ code: status; isRefused: boolean }>;

/** Told of each call when it begins; returns what is to be told of its end. */
export type OnCall = (rpc: string) => (end: CallEnd) => void;

export type GuardOptions = Readonly<{
  objects: Objects;
  authenticate: Authenticate;
  log: Log;
  onCall?: OnCall | undefined;
  /** Makes the spans of calls that change something, if they are traced. */
  spans?: CallSpans | undefined;
}>;

export class Guard {
  readonly #options: GuardOptions;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** The door of one method. A method without a rule has none, so that nothing is open by mistake. */
  doorOf(rpc: string): Door {
    const rule = rules.get(rpc);
    invariant(rule !== undefined, `there is a rule for ${rpc}`);
    // The table is by path, so the rule is one for the requests of just this method.
    return new Door(this.#options, rpc, rule as Rule<unknown>);
  }
}

/** The door of one method. */
export class Door {
  readonly #options: GuardOptions;
  readonly #rpc: string;
  readonly #rule: Rule<unknown>;

  constructor(options: GuardOptions, rpc: string, rule: Rule<unknown>) {
    this.#options = options;
    this.#rpc = rpc;
    this.#rule = rule;
  }

  /** Somebody knocks. Nothing is decided yet. */
  receive(call: Presented): Visit {
    return new Visit(this.#options, this.#rpc, { rule: this.#rule, call });
  }
}

/** Who was let in, and what the journal shall tell of them. */
export type Admitted = Readonly<{ caller: Caller; origin: Origin | undefined }>;

/** One call, from its beginning to its end. */
export class Visit {
  readonly #options: GuardOptions;
  readonly #rpc: string;
  readonly #rule: Rule<unknown>;
  readonly #call: Presented;
  readonly #onEnd: ((end: CallEnd) => void) | undefined;
  readonly #span: CallSpan | undefined;
  #ids: RequestIds = {};
  #subject: string | undefined;
  readonly #reason: string;
  #checks: readonly Check[] = [];

  constructor(
    options: GuardOptions,
    rpc: string,
    { rule, call }: { rule: Rule<unknown>; call: Presented },
  ) {
    this.#options = options;
    this.#rpc = rpc;
    this.#rule = rule;
    this.#call = call;
    this.#reason = reasonOf(call.metadata);
    this.#onEnd = options.onCall?.(rpc);
    const spans = rule.isChange ? options.spans : undefined;
    this.#span = spans?.begin(rpc.slice(1), traceparentOf(call.metadata));
  }

  /** Authentication, reading of ids, look-up, authorization, in this order; or their errors. */
  async admit(request: unknown): Promise<Admitted> {
    this.#ids = idsIn(request);
    const caller = await this.#authenticate(this.#rule.told?.(request));
    const { subject } = caller;
    this.#subject = subject;
    checkReason(this.#call.metadata);
    this.#checks = await this.#rule.checks(request, this.#options.objects);
    for (const check of this.#checks) caller.authorize(check);
    this.#span?.admit(this.#ids);
    const origin = originOf(this.#call, { subject, reason: this.#reason });
    return { caller: this.#noting(caller), origin };
  }

  async #authenticate(told: Check | undefined): Promise<Caller> {
    try {
      return await this.#options.authenticate(this.#call);
    } catch (error) {
      if (!(error instanceof UnauthenticatedError)) throw error;
      this.#subject = error.subject;
      if (!told) throw error;
      this.#checks = [told];
      throw new TokenNeededError(error, told);
    }
  }

  /** What the call finds out later that one must be allowed to do is told to the log, too. */
  #noting(caller: Caller): Caller {
    return {
      ...caller,
      authorize: (check) => {
        this.#checks = [...this.#checks, check];
        caller.authorize(check);
      },
    };
  }

  /** The call has ended. Changes and refused callers are told to the log, with the same fields. */
  end(answer: Partial<StatusObject> = { code: status.OK }): void {
    const { code = status.UNKNOWN, details, metadata } = answer;
    const isRefused = code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED;
    const stableCode = metadata?.get('permafrost-code')[0]?.toString() ?? null;
    this.#onEnd?.({ code, isRefused });
    this.#endSpan(code, { code: stableCode ?? status[code], message: details ?? '' });
    if (!isRefused && !this.#rule.isChange) return;
    const fields = {
      rpc: this.#rpc,
      ...this.#ids,
      subject: this.#subject ?? null,
      peer: this.#call.getPeer(),
      certificate: certificateOf(this.#call),
      reason: this.#reason === '' ? null : this.#reason,
      scopes: this.#checks.map(scopeText),
      status: status[code],
      code: stableCode,
      cause: details ?? null,
    };
    if (isRefused) this.#options.log.warn(fields, 'call refused');
    else this.#options.log.info(fields, 'call');
  }

  #endSpan(code: status, failure: Readonly<{ code: string; message: string }>): void {
    const isFailure = code !== status.OK;
    this.#span?.end({ status: status[code], failure: isFailure ? failure : undefined });
  }
}
