import { MoonkeepError } from "../../errors.ts";
import { backendRefuses } from "../errors.ts";
import {
  type Address,
  type Command,
  Moved,
  RedisConnection,
  type RedisOptions,
  type SendOptions,
} from "./connection.ts";
import { leadsAstray } from "./errors.ts";

/** So often a command may be sent on from node to node: more, and the cluster does not know itself where it belongs. */
const MOST_HOPS = 5;

/** As many nodes as a cluster has at most. A server that names more makes them up: the oldest are forgotten. */
const MOST_NODES = 1000;

/**
 * A Redis server, or a cluster by one of its nodes. All keys of a store have one place in a cluster, and so the node
 * that has them is asked by name: whoever asks another one is told which it is.
 */
export class RedisServer {
  /** What the url names. */
  readonly home: RedisConnection;
  readonly #options: RedisOptions;
  /** The same, and the nodes that it led to, by their urls; those that it led to last are the last. */
  readonly #nodes: Map<string, RedisConnection>;
  #closed = false;

  constructor(options: RedisOptions) {
    this.#options = options;
    this.home = new RedisConnection(options);
    this.#nodes = new Map([[this.home.url, this.home]]);
  }

  /** What answers: `Redis 7.0.15`. */
  version(): Promise<string> {
    return this.home.version();
  }

  /** What keeps it from being a good place for a store, although it answers. */
  warnings(): Promise<readonly string[]> {
    return this.home.warnings();
  }

  /** Where a store's keys are. */
  place(): RedisPlace {
    return new RedisPlace(this);
  }

  /**
   * A node of the cluster.
   * @param from which node has led there
   * @throws UNAVAILABLE for one that it may not lead to
   */
  node(address: Address, from: RedisConnection): RedisConnection {
    const url = this.home.urlOf(address);
    const known = this.#nodes.get(url);
    if (known === undefined && this.#options.leadsTo?.(url) === false) {
      throw leadsAstray(from.server, new URL(url).host);
    }
    const node = known ?? new RedisConnection({ ...this.#options, url });
    if (this.#closed) node.close();
    this.#nodes.delete(url);
    this.#nodes.set(url, node);
    if (this.#nodes.size > MOST_NODES) this.#forgetOldest();
    return node;
  }

  #forgetOldest(): void {
    for (const [url, node] of this.#nodes) {
      if (node === this.home) continue;
      this.#nodes.delete(url);
      node.close();
      return;
    }
  }

  /** Whom to ask when this one is not there: another node may know where its keys are now. */
  after(node: RedisConnection): RedisConnection {
    const nodes = [...this.#nodes.values()];
    return nodes[(nodes.indexOf(node) + 1) % nodes.length]!;
  }

  close(): void {
    this.#closed = true;
    for (const node of this.#nodes.values()) node.close();
  }
}

/** The node that has the keys of a store, as far as anybody has said. */
export class RedisPlace {
  readonly #server: RedisServer;
  #node: RedisConnection;

  constructor(server: RedisServer) {
    this.#server = server;
    this.#node = server.home;
  }

  /**
   * Sends a command, or several that belong to one node. A node that does not have the keys does nothing, so what it is
   * asked is sent on.
   * @throws MoonkeepError, whatever goes wrong
   */
  async send<T>(command: Command<T>, options?: SendOptions): Promise<T> {
    for (let hops = 0; ; hops++) {
      if (this.#node.isClosed) this.#node = this.#server.home; // it was forgotten
      const node = this.#node;
      try {
        return await node.send(command, options);
      } catch (e) {
        if (e instanceof Moved) {
          if (hops === MOST_HOPS) throw backendRefuses(node.server, "its cluster is moving data");
          this.#node = this.#server.node(e.address, node);
        } else {
          const isAway = e instanceof MoonkeepError && (e.kind === "UNAVAILABLE" || e.kind === "TIMEOUT");
          if (isAway && this.#node === node) this.#node = this.#server.after(node);
          throw e;
        }
      }
    }
  }
}
