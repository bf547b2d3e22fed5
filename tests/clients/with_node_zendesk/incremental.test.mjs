// The incremental export of organizations.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, ids } from './client.mjs';

test('incremental: everything since the beginning', async (t) => {
  const zd = await client(t);
  assert.deepEqual(
    ids(await zd.organizations.incremental(0)).toSorted((a, b) => a - b),
    [1873, 35436, 4112492, 20057623, 23409462],
  );
});
