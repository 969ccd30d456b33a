// Loaded before a program starts (node --import): in this process, threads included, system calls
// cannot be made, as on a machine for which koffi has no binary.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'koffi') throw new Error('koffi is kept away by a test');
    return nextResolve(specifier, context);
  },
});
