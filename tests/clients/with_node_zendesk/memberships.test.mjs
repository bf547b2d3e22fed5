// Every method of `organizationmemberships`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, finish, ids, outspoken } from './client.mjs';

const one = (result) => result.organization_membership ?? result;

test('memberships: list, with offset pages', async (t) => {
  const zd = await client(t);
  assert.deepEqual(ids(await zd.organizationmemberships.list()).toSorted((a, b) => a - b), [49, 58, 60, 61, 62, 63, 461]);
});

test('memberships: list follows next_page', async (t) => {
  const zd = await client(t);
  const everyone = (await zd.organizations.createMany({
    organizations: Array.from({ length: 100 }, (_, n) => ({ name: `Branch ${n}` })),
  })).result.job_status;
  const made = (await finish(zd, everyone)).results.map((result) => result.id);
  const memberships = made.map((organization_id) => ({ user_id: 210, organization_id }));
  await finish(zd, (await zd.organizationmemberships.createMany(memberships)).result.job_status);
  const found = await zd.organizationmemberships.list();
  assert.equal(new Set(ids(found)).size, 107);
});

test('memberships: list by user has the default first, then names', async (t) => {
  const zd = await client(t);
  assert.deepEqual(ids(await zd.organizationmemberships.listByUser(29)), [61, 60, 62]);
});

test('memberships: list by organization', async (t) => {
  const zd = await client(t);
  assert.deepEqual(ids(await zd.organizationmemberships.listByOrganization(35436)).toSorted((a, b) => a - b), [61, 63]);
});

test('memberships: show, also below the user', async (t) => {
  const zd = await outspoken(t);
  assert.equal(one((await zd.organizationmemberships.show(61)).result).organization_name, 'One Organization');
  assert.equal(one((await zd.organizationmemberships.showByUser(29, 61)).result).id, 61);
  await assert.rejects(zd.organizationmemberships.showByUser(72, 61), { statusCode: 404 });
});

test('memberships: create and delete, also below the user', async (t) => {
  const zd = await outspoken(t);
  const first = await zd.organizationmemberships.create({ user_id: 210, organization_id: 1873 });
  assert.deepEqual([first.response.status, one(first.result).default], [201, true]);
  const second = await zd.organizationmemberships.createByUser(210, { organization_id: 35436 });
  assert.deepEqual([second.response.status, one(second.result).default], [201, false]);
  await assert.rejects(zd.organizationmemberships.createByUser(210, { organization_id: 35436 }), { statusCode: 422 });
  await zd.organizationmemberships.delete(one(first.result).id);
  assert.deepEqual((await zd.organizationmemberships.listByUser(210)).map((m) => m.default), [true]);
  await zd.organizationmemberships.deleteByUser(210, one(second.result).id);
  assert.deepEqual(await zd.organizationmemberships.listByUser(210), []);
});

test('memberships: create many and delete many', async (t) => {
  const zd = await client(t);
  const pair = [{ user_id: 210, organization_id: 1873 }, { user_id: 210, organization_id: 35436 }];
  await finish(zd, (await zd.organizationmemberships.createMany(pair)).result.job_status);
  const made = ids(await zd.organizationmemberships.listByUser(210));
  assert.equal(made.length, 2);
  await finish(zd, (await zd.organizationmemberships.deleteMany(made)).result.job_status);
  assert.deepEqual(await zd.organizationmemberships.listByUser(210), []);
});

test('memberships: make default answers the whole list, the default first', async (t) => {
  const zd = await client(t);
  const { response, result } = await zd.organizationmemberships.makeDefault(29, 62);
  assert.equal(response.status, 200);
  assert.deepEqual(result.map((m) => [m.id, m.default]), [[62, true], [60, false], [61, false]]);
  assert.deepEqual(ids(await zd.organizationmemberships.listByUser(29)), [62, 60, 61]);
});
