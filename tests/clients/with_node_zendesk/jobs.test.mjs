// Jobs: watching, and the look of their answers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, finish, outspoken } from './client.mjs';

const make = async (zd, count) => {
  const organizations = Array.from({ length: count }, (_, n) => ({ name: `Branch ${n}` }));
  return (await zd.organizations.createMany({ organizations })).result.job_status;
};

test('jobs: createMany answers a queued job', async (t) => {
  const zd = await client(t);
  const job = await make(zd, 2);
  assert.match(job.id, /^V3-[0-9a-f]{32}$/);
  assert.deepEqual(
    [job.job_type, job.total, job.progress, job.status, job.message, job.results],
    ['Bulk Create Organization', 2, null, 'queued', null, null],
  );
});

test('jobs: watch polls until the job is completed', async (t) => {
  const zd = await client(t);
  const job = await zd.jobstatuses.watch((await make(zd, 2)).id, 20, 3);
  assert.deepEqual([job.status, job.progress], ['completed', 2]);
  assert.deepEqual(job.results.map((result) => Object.keys(result).toSorted()), [['id', 'status'], ['id', 'status']]);
});

test('jobs: a job moved on by the clock', async (t) => {
  const zd = await client(t, '--option', 'jobs=clock');
  const job = await finish(zd, await make(zd, 1));
  assert.equal(job.status, 'completed');
});

test('jobs: list and showMany', async (t) => {
  const zd = await client(t);
  const [first, second] = [await make(zd, 1), await make(zd, 1)];
  const list = (await zd.jobstatuses.list()).result.job_statuses;
  assert.deepEqual(new Set(list.map((job) => job.id)), new Set([first.id, second.id]));
  const some = (await zd.jobstatuses.showMany([second.id, 'V3-none'])).result.job_statuses;
  assert.deepEqual(some.map((job) => job.id), [second.id]);
});

test('jobs: an unknown job is not found', async (t) => {
  const zd = await outspoken(t);
  await assert.rejects(zd.jobstatuses.show('V3-none'), { statusCode: 404 });
});
