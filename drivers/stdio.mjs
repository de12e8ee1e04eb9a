// The JavaScript end of the driver protocol (docs/driver.md): nothing but Node, so a driver can take this file along.
//
// A driver is an object with a function for each method that it offers, named as in the protocol; `serve` answers
// each request with what the function returns, or with the error that it throws.

import { Console } from 'node:console';
import { createInterface } from 'node:readline';

const NOT_OFFERED = -32601;
const FAILED = -32603;
const DECLINED = -32000;

// Standard output carries the protocol and nothing else: what a library logs goes to standard error.
globalThis.console = new Console(process.stderr);

const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

/** Send one notification: orderChanged, alert or log. */
export const notify = (method, params) => write({ method, params });

/** What a method throws when the client refuses. */
export const declined = (reason) => Object.assign(new Error(reason), { rpc: DECLINED, data: { reason } });

async function answer(methods, { id, method, params }) {
  try {
    if (!methods[method]) throw Object.assign(new Error(`not offered: ${method}`), { rpc: NOT_OFFERED });
    write({ id, result: (await methods[method](params)) ?? {} });
  } catch (error) {
    write({ id, error: { code: error.rpc ?? FAILED, message: String(error.message ?? error), data: error.data } });
  }
}

/** Answer requests until the end of standard input or SIGTERM; both mean stop. */
export function serve(methods) {
  const end = async () => {
    await methods.stop();
    process.exit(0);
  };
  process.on('SIGTERM', end);
  createInterface({ input: process.stdin })
    .on('line', (line) => answer(methods, JSON.parse(line)))
    .on('close', end);
}
