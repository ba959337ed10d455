// Gives the work to a worker, as the verify page does, and sends home what it answers.

const send = (where, what) => fetch(where, { method: 'POST', body: JSON.stringify(what) });

const worker = new Worker('./worker.mjs', { type: 'module' });
worker.onmessage = ({ data }) => send(data.failed ? '/failed' : '/done', data.failed ?? data.done);
worker.onerror = (event) => send('/failed', event.message ?? 'the worker did not load');
worker.postMessage(await (await fetch('/work')).json());
