/** The job of an engine that is a program of ours: one JSON document on standard input. */
export const job = JSON.parse(await new Response(process.stdin).text());

/** Seconds, as precise as Node has them; or, as lua5.3 has them, of the processor, which all threads of the process took. */
export const now =
  job.clock === "processor"
    ? () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      }
    : () => performance.now() / 1000;
