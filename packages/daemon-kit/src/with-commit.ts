import type { Journal } from '@permafrost/events';

/**
 * The same journal, all of it, with another way to commit. Methods run on the journal itself: its private
 * fields are not to be had through a proxy.
 */
export function withCommit<J extends Journal>(journal: J, commit: Journal['commit']): J {
  const bound = new Map<PropertyKey, unknown>([['commit', commit]]);
  return new Proxy(journal, {
    get: (target, name) => {
      if (bound.has(name)) return bound.get(name);
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const method: unknown = value.bind(target);
      bound.set(name, method);
      return method;
    },
  });
}
