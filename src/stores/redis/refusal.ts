import type { Milliseconds } from "../../value/value.ts";
import type { Address } from "./connection.ts";

/** How long a server may take to say why it does not want a connection: it says so before anything else. */
const PATIENCE: Milliseconds = 200;

/**
 * What a server says to whoever connects while it has too many clients: one line, before it is asked anything, and then
 * it hangs up. A client that writes at once most often gets to see a broken connection only, so whoever wants to know
 * connects once more and listens.
 * @returns the line without its `-`, such as `ERR max number of clients reached`; undefined when nothing is said
 */
export function refusalOf({ host, port }: Address): Promise<string | undefined> {
  const { connect } = process.getBuiltinModule("node:net"); // late: most hosts start without it
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE });
    const end = (line?: string) => {
      socket.destroy();
      resolve(line);
    };
    socket.once("data", (data) => end(/^-([^\r\n]+)\r\n/.exec(data.toString("latin1"))?.[1]));
    socket.once("timeout", () => end());
    socket.once("error", () => end());
    socket.once("close", () => end());
  });
}
