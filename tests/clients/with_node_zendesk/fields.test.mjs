// Every method of `organizationfields`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, ids, outspoken } from './client.mjs';

const one = (result) => result.organization_field ?? result;

const make = async (zd, key) =>
  one((await zd.organizationfields.create({ organization_field: { key, title: key, type: 'text' } })).result);

test('fields: list and show', async (t) => {
  const zd = await client(t);
  const made = await make(zd, 'slogan');
  assert.ok(ids(await zd.organizationfields.list()).includes(made.id));
  assert.equal(one((await zd.organizationfields.show(made.id)).result).key, 'slogan');
});

test('fields: create, update, delete', async (t) => {
  const zd = await outspoken(t);
  const made = one((await zd.organizationfields.create({ organization_field: { key: 'size', title: 'Size', type: 'integer' } })).result);
  assert.deepEqual([made.key, made.active], ['size', true]);
  const changed = await zd.organizationfields.update(made.id, { organization_field: { title: 'Extent' } });
  assert.equal(one(changed.result).title, 'Extent');
  await zd.organizationfields.delete(made.id);
  await assert.rejects(zd.organizationfields.show(made.id), { statusCode: 404 });
});

test('fields: reorder', async (t) => {
  const zd = await client(t);
  for (const key of ['one', 'two', 'three']) await make(zd, key);
  const turned = ids(await zd.organizationfields.list()).toReversed();
  await zd.organizationfields.reorder(turned);
  assert.deepEqual(ids(await zd.organizationfields.list()), turned);
});
