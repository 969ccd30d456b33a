#!/usr/bin/env node
// Names the problem when Node is too old for the program, which an old Node could not even read.
// Hence the old syntax.
var NODE_MAJOR_MIN = 24;

if (parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  process.stderr.write(
    'permafrost: this is Node ' +
      process.versions.node +
      ', but permafrost needs Node ' +
      NODE_MAJOR_MIN +
      ' or newer.\n' +
      '  Put a newer Node first on PATH. A checkout of permafrost brings its own in node_modules/.bin.\n',
  );
  process.exitCode = 1;
} else {
  import('node:module').then(function (module) {
    // Compiled code that is kept halves the time to start. Never in a directory that others can
    // write, where they could leave code for root to run.
    var cache = process.env.XDG_CACHE_HOME || (process.env.HOME && process.env.HOME + '/.cache');
    if (cache) module.enableCompileCache(cache + '/permafrost');
    return import('../src/main.ts');
  });
}
