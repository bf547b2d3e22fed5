// Refusals and faults as node-zendesk passes them on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serving } from '../counterpart.mjs';
import { at, client, outspoken } from './client.mjs';

test('errors: an unknown record', async (t) => {
  const zd = await outspoken(t);
  await assert.rejects(zd.organizations.show(999), {
    statusCode: 404,
    result: { error: 'RecordNotFound', description: 'Not found' },
  });
});

test('errors: without throwOriginalException only the message is left', async (t) => {
  const zd = await client(t);
  await assert.rejects(zd.organizations.show(999), (error) => error.statusCode === undefined && /404/.test(error.message));
});

test('errors: a taken name', async (t) => {
  const zd = await outspoken(t);
  await assert.rejects(zd.organizations.create({ organization: { name: 'one organization' } }), {
    statusCode: 422,
    result: {
      error: 'RecordInvalid',
      description: 'Record validation errors',
      details: { name: [{ description: 'Name: one organization has already been taken', error: 'DuplicateValue' }] },
    },
  });
});

test('errors: too many values', async (t) => {
  const zd = await outspoken(t);
  const organizations = Array.from({ length: 101 }, (_, n) => ({ name: `N${n}` }));
  await assert.rejects(zd.organizations.createMany({ organizations }), { statusCode: 400 });
});

test('errors: an endpoint that is none', async (t) => {
  const zd = await outspoken(t);
  await assert.rejects(zd.brand.list(), { statusCode: 404, result: { error: 'InvalidEndpoint', description: 'Not found' } });
});

test('errors: credentials', async (t) => {
  const url = await serving(t, 'zendesk');
  const loud = { throwOriginalException: true };
  const good = [
    { username: 'admin@example.com', token: 'mock-token' },
    { username: 'admin@example.com', password: 'mock-password' },
    { token: 'mock-oauth-token', oauth: true },
  ];
  for (const login of good) {
    assert.equal((await at(url, login).organizations.show(35436)).result.id, 35436);
  }
  await assert.rejects(at(url, { ...loud, username: 'admin@example.com', token: 'no' }).organizations.show(35436), {
    statusCode: 401,
    result: { error: "Couldn't authenticate you" },
  });
  await assert.rejects(
    at(url, { ...loud, token: 'no', oauth: true }).organizations.show(35436),
    (error) => error.statusCode === 401 && error.result.error === 'invalid_token',
  );
});

test('errors: a 429 with Retry-After comes back as an Error value, in place of the result', async (t) => {
  const zd = await client(t, '--scenario', 'rate-limit-burst');
  await zd.organizations.create({ organization: { name: 'Before' } });
  const { result } = await zd.organizations.create({ organization: { name: 'During' } });
  assert.ok(result instanceof Error);
  assert.equal(result.statusCode, 429);
  assert.deepEqual(result.result.error, 'APIRateLimitExceeded');
  assert.deepEqual((await zd.organizations.search('none')), []);
  for (let refused = 2; refused <= 3; refused += 1) {
    await zd.organizations.create({ organization: { name: 'During' } });
  }
  const { result: made } = await zd.organizations.create({ organization: { name: 'During' } });
  assert.equal(made.name, 'During');
});
