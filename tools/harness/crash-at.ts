/** The name of the variable with the number of the point to die at, from 1. */
export const CRASH_AT = 'PERMAFROST_TEST_CRASH_AT';
