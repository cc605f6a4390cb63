/** A way to a server that a test can spoil. */
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export class Way {
  readonly port: number;
  /** Of the next reply this many bytes pass, and then the connection is cut. */
  cutReplyAfter: number | undefined;
  readonly #sockets = new Set<Socket>();
  /** Those that pass nothing on any more. */
  readonly #dead = new WeakSet<Socket>();

  private constructor(port: number) {
    this.port = port;
  }

  /** Ends with the test. */
  static async to(target: number): Promise<Way> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const way = new Way((server.address() as AddressInfo).port);
    server.on("connection", (client) => way.#join(client, dial(target, "127.0.0.1")));
    onTestFinished(() => {
      way.cut();
      server.close();
    });
    return way;
  }

  /** Ends all connections there are. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on nothing comes through the connections there are, and nobody is told; new ones are sound. */
  pull(): void {
    for (const socket of this.#sockets) this.#dead.add(socket);
  }

  #join(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
    }
    const end = () => {
      for (const socket of [client, server]) {
        socket.destroy();
        this.#sockets.delete(socket);
      }
    };
    client.on("close", end);
    server.on("close", end);
    client.on("data", (data) => this.#dead.has(client) || server.write(data));
    server.on("data", (data) => {
      if (this.#dead.has(server)) return;
      if (this.cutReplyAfter === undefined) return void client.write(data);
      const part = data.subarray(0, this.cutReplyAfter);
      this.cutReplyAfter = undefined;
      client.write(part, () => client.destroy());
    });
  }
}
