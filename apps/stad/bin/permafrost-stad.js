#!/usr/bin/env -S node --max-semi-space-size=4
// In MB. A walk leaves much behind that is of no use a moment later, and the heap would grow with it.
// Plain old JavaScript, so that an old Node can run it far enough to say what is wrong.
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error('permafrost-stad needs Node 24 or newer; this is ' + process.version + '.');
  process.exit(1);
} else {
  import('../src/main.ts');
}
