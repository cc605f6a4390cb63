import { UnreadableAnswer } from "../errors.ts";
import type { PostgresClientClass, ServerStream } from "./library.ts";
import { MessageReader } from "./message-reader.ts";

/**
 * A client for which an answer that pg can't read, or that is too long, is an error of the connection. pg trusts the
 * server: it lets an exception of its parser out into the listener of a socket, where it would end the process, and it
 * keeps whatever comes.
 */
export const guarded = (Client: PostgresClientClass): PostgresClientClass =>
  class extends Client {
    constructor(options: object) {
      super(options);
      const { connection } = this;
      const attach = connection?.attachListeners;
      if (connection === undefined || attach === undefined) return; // libpq reads the answers
      connection.attachListeners = (stream) => {
        attach.call(connection, stream);
        guard(stream);
      };
    }
  };

function guard(stream: ServerStream): void {
  const reader = new MessageReader();
  for (const read of stream.listeners("data")) {
    stream.off("data", read as (bytes: Buffer) => void);
    stream.on("data", (bytes) => {
      try {
        reader.read(bytes);
        read.call(stream, bytes);
      } catch (e) {
        stream.destroy(e instanceof UnreadableAnswer ? e : new UnreadableAnswer(e));
      }
    });
  }
}
