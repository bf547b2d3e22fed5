// node:test's output as `run` counts it: a line per check, and what went wrong below a failed one.
// Used as `node --test --test-reporter ./line_per_check.mjs`.

import { inspect } from 'node:util';

const who = process.env.CHECKS_OF ?? 'node';

export default async function* lines(events) {
  for await (const { type, data } of events) {
    if (type === 'test:pass') yield `ok   ${who}: ${data.name}\n`;
    if (type === 'test:fail') yield `FAIL ${who}: ${data.name}\n${inspect(data.details.error.cause ?? data.details.error)}\n`;
  }
}
