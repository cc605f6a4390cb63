import type { Socket } from "node:net";
import { UnreadableAnswer } from "../errors.ts";
import type { RedisClient } from "./library.ts";
import { ReplyReader } from "./reply-reader.ts";

/**
 * Ends the connection of a client at the first reply that is not one, is too long, or that no command waits for. ioredis trusts the
 * server: what a reply makes it throw it throws again where nobody can catch it, and that would end the process. So it
 * gets only what it can read.
 */
export function guard(client: RedisClient): void {
  const { connector } = client;
  const { connect } = connector;
  connector.connect = async (...args) => {
    const stream = await connect.apply(connector, args);
    guardStream(stream, client);
    return stream;
  };
}

function guardStream(stream: Socket, client: RedisClient): void {
  const emit = stream.emit.bind(stream) as (event: string, ...args: unknown[]) => boolean;
  const reader = new ReplyReader();
  /** The line that has begun: the client gets whole ones. */
  let begun: Buffer | undefined;
  let sent = 0;
  /** How many commands the client waited for when it had read what came before. */
  let waited = 0;

  const read = (given: Buffer): void => {
    const bytes = begun === undefined ? given : Buffer.concat([begun, given]);
    sent += client.commandQueue.length - waited;
    const length = reader.read(bytes, client.status === "ready");
    begun = length < bytes.length ? bytes.subarray(length) : undefined;
    const owed = sent - reader.replies;
    if (owed < 0 || (owed === 0 && (reader.isWithin || begun !== undefined))) throw new UnreadableAnswer();
    if (length > 0) emit("data", begun === undefined ? bytes : bytes.subarray(0, length));
    waited = client.commandQueue.length;
  };

  stream.emit = (event: string, ...args: unknown[]): boolean => {
    if (event !== "data") return emit(event, ...args);
    try {
      read(args[0] as Buffer);
    } catch (e) {
      const error = e instanceof UnreadableAnswer ? e : new UnreadableAnswer(e);
      stream.destroy(error);
      client.flushQueue(error);
    }
    return true;
  };
}
