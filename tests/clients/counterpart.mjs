// Starts counterpart on a free port for one check, and stops it afterwards.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const READY_WITHIN = 30_000;
const STOPPED_WITHIN = 15_000;

/** A fresh server that ends with the check `t`: `const url = await serving(t, 'zendesk')`. */
export async function serving(t, ...what) {
  const server = spawn(process.env.COUNTERPART_BIN, ['serve', ...what, '--port', '0', '--ready-json']);
  let log = '';
  server.stderr.on('data', (text) => (log += text));
  const ended = once(server, 'exit');
  t.after(async () => {
    server.kill('SIGTERM');
    const late = setTimeout(() => server.kill('SIGKILL'), STOPPED_WITHIN);
    const [code] = await ended;
    clearTimeout(late);
    if (code !== 0) throw new Error(`counterpart ended with ${code}:\n${log}`);
  });
  const lines = createInterface({ input: server.stdout });
  const signal = AbortSignal.timeout(READY_WITHIN);
  const first = await Promise.race([once(lines, 'line', { signal }), ended]).catch(() => []);
  if (typeof first[0] !== 'string') throw new Error(`counterpart was not ready:\n${log}`);
  return JSON.parse(first[0]).url;
}
