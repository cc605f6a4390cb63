import { defineKind } from "../registry/kind.ts";
import { fields, optional, ref, text } from "../registry/schema.ts";
import { RedisStore } from "../stores/redis/redis.ts";
import type { RedisServer } from "../stores/redis/server.ts";
import type { Opened, Opening } from "./opened.ts";

export const storeRedis = defineKind({
  name: "store.redis",
  summary: "a store in Redis or Valkey",
  schema: fields({
    database: ref(["db.redis"], { description: "the server" }),
    prefix: optional(
      text({
        description:
          "the prefix of the store's keys in Redis; must be different for each store. Default: the id of the entry",
      }),
    ),
  }),
  open({ id, config }, { use }: Opening): Opened {
    const store = new RedisStore(use<RedisServer>(config.database), { prefix: config.prefix ?? id });
    return { value: store, close: () => store.close(), health: { version: () => store.health() } };
  },
});
