// Every method of `organizations`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, finish, ids } from './client.mjs';

const BY_ID = [1873, 35436, 4112492, 20057623, 23409462];

const many = (count) => Array.from({ length: count }, (_, n) => ({ name: `Branch ${n}`, external_id: `branch-${n}` }));

test('organizations: list ends where links.next is null', async (t) => {
  const zd = await client(t);
  assert.deepEqual(ids(await zd.organizations.list()), BY_ID);
});

test('organizations: list follows cursors across pages', async (t) => {
  const zd = await client(t);
  await finish(zd, (await zd.organizations.createMany({ organizations: many(100) })).result.job_status);
  const found = ids(await zd.organizations.list());
  assert.equal(found.length, 105);
  assert.deepEqual(found, found.toSorted((a, b) => a - b));
});

test('organizations: list ends when the total is a multiple of the page', async (t) => {
  const zd = await client(t);
  await finish(zd, (await zd.organizations.createMany({ organizations: many(95) })).result.job_status);
  assert.equal((await zd.organizations.list()).length, 100);
});

test('organizations: list by user', async (t) => {
  const zd = await client(t);
  assert.deepEqual(ids(await zd.organizations.listByUser(29)).toSorted((a, b) => a - b), [1873, 35436, 4112492]);
});

test('organizations: count and countByUser answer, though the client drops the figure', async (t) => {
  const zd = await client(t);
  assert.equal(await zd.organizations.count(), undefined);
  assert.equal(await zd.organizations.countByUser(29), undefined);
  const { count } = (await zd.organizations.get(['organizations', 'count'])).result;
  assert.equal(count.value, 5);
});

test('organizations: show', async (t) => {
  const zd = await client(t);
  const { result } = await zd.organizations.show(35436);
  assert.equal(result.name, 'One Organization');
  assert.equal(result.organization_fields.org_decimal, 5.2);
});

test('organizations: show many by ids and by external ids', async (t) => {
  const zd = await client(t);
  assert.deepEqual(ids(await zd.organizations.showMany([35436, 4112492, 999])), [4112492, 35436]);
  assert.deepEqual(ids(await zd.organizations.showManyByExternalIds(['abc123', 'nobody'])), [35436]);
});

test('organizations: related', async (t) => {
  const zd = await client(t);
  const { result } = await zd.organizations.related(35436);
  assert.deepEqual(result.organization_related, { tickets_count: 3, users_count: 2 });
});

test('organizations: create, update, delete', async (t) => {
  const zd = await client(t);
  const { response, result: made } = await zd.organizations.create({ organization: { name: ' Fresh ', tags: ['a'] } });
  assert.equal(response.status, 201);
  assert.equal(made.name, 'Fresh');
  assert.equal(response.headers.get('location'), made.url);
  const { result: changed } = await zd.organizations.update(made.id, { organization: { notes: 'n' } });
  assert.deepEqual([changed.notes, changed.tags], ['n', ['a']]);
  const { response: gone } = await zd.organizations.delete(made.id);
  assert.deepEqual([gone.status, gone.statusText], [204, 'No Content']);
  await assert.rejects(zd.organizations.show(made.id), /Item not found/);
});

test('organizations: create or update, under both names', async (t) => {
  const zd = await client(t);
  const { response, result: made } = await zd.organizations.upsert({ organization: { name: 'A', external_id: 'u' } });
  assert.equal(response.status, 201);
  const again = await zd.organizations.createOrUpdate({ organization: { name: 'B', external_id: 'U' } });
  assert.deepEqual([again.response.status, again.result.id, again.result.name], [200, made.id, 'B']);
});

test('organizations: search by external id', async (t) => {
  const zd = await client(t);
  assert.deepEqual(ids(await zd.organizations.search('abc123')), [35436]);
  assert.deepEqual(await zd.organizations.search(42), []);
});

test('organizations: autocomplete', async (t) => {
  const zd = await client(t);
  assert.deepEqual(ids(await zd.organizations.autocomplete({ name: 'imp' })), [20057623]);
  assert.deepEqual(await zd.organizations.autocomplete({ name: 'nothing like it' }), []);
});

test('organizations: update many', async (t) => {
  const zd = await client(t);
  const batch = [{ id: 1873, notes: 'x' }, { id: 35436, name: 'Imperial College' }];
  const { result } = await zd.organizations.updateMany({ organizations: batch });
  const job = await finish(zd, result.job_status);
  assert.deepEqual(job.results, [
    { action: 'update', id: 1873, status: 'Updated', success: true },
    { index: 1, error: 'OrganizationUpdateFailed', id: 35436, details: 'Name:  Imperial College has already been taken' },
  ]);
});

test('organizations: bulk delete by ids and by external ids', async (t) => {
  const zd = await client(t);
  await finish(zd, (await zd.organizations.bulkDelete([1873, 4112492])).result.job_status);
  await finish(zd, (await zd.organizations.bulkDeleteByExternalId(['ABC123'])).result.job_status);
  assert.deepEqual(ids(await zd.organizations.list()), [20057623, 23409462]);
});
