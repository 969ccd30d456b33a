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
  import('../src/main.ts');
}
