import { trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { contextOf, traceparentOf } from './traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test.each([
  [`00-${TRACE}-${SPAN}-01`, 1],
  [`00-${TRACE}-${SPAN}-00`, 0],
  // A later version may add to it, and is read as far as it is known.
  [`cc-${TRACE}-${SPAN}-01-what-may-come`, 1],
])('%s names a span', (text, traceFlags) => {
  const span = trace.getSpan(contextOf(text) ?? expect.fail());
  expect(span?.spanContext()).toMatchObject({ traceId: TRACE, spanId: SPAN, traceFlags });
  expect(span && traceparentOf(span)).toBe(`00-${TRACE}-${SPAN}-0${traceFlags}`);
});

test.each([
  '',
  'nonsense',
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01-more`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE}-${SPAN}-1`,
  `00-${TRACE}-${SPAN}-01\n00-${TRACE}-${SPAN}-01`,
])('%j is ignored', (text) => {
  expect(contextOf(text)).toBeUndefined();
});
