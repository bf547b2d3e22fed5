// node-zendesk against a fresh server.

import zendesk from 'node-zendesk';
import { serving } from '../counterpart.mjs';

export const ADMIN = { username: 'admin@example.com', token: 'mock-token' };

export const at = (url, options = ADMIN) => zendesk.createClient({ endpointUri: `${url}/api/v2`, ...options });

/** A client of a server that ends with the check `t`; further words are flags of `counterpart serve`. */
export const client = async (t, ...flags) => at(await serving(t, 'zendesk', ...flags));

/** The same with errors as they came, that is with the body of the reply in `error.result`. */
export const outspoken = async (t, ...flags) =>
  at(await serving(t, 'zendesk', ...flags), { ...ADMIN, throwOriginalException: true });

/** Watches a job to its end. */
export const finish = (zd, job) => zd.jobstatuses.watch(job.id, 20, 5);

export const ids = (records) => records.map((record) => record.id);
