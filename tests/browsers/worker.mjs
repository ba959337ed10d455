// Audits each draw with the face that the verify page uses.

import init, { audit } from './pkg/audit/audit.js';

onmessage = async ({ data }) => {
  try {
    await init();
    const done = data.map(({ name, bundle }) => {
      const steps = [];
      const answer = audit(new TextEncoder().encode(bundle), undefined, {
        papers: (drawn, all) => steps.push([drawn, all]),
      });
      return { name, steps, answer: JSON.parse(answer) };
    });
    postMessage({ done });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};
