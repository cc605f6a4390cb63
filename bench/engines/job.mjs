/** The job of an engine that is a program of ours: one JSON document on standard input. */
export const job = JSON.parse(await new Response(process.stdin).text());

/** Seconds, as precise as Node has them. */
export const now = () => performance.now() / 1000;
