import fc from "fast-check";
import { expect, it } from "vitest";
import { type Linked, Recency } from "../../src/stores/memory/recency.ts";

class Item implements Linked<Item> {
  newer: Item | undefined = undefined;
  older: Item | undefined = undefined;
}

it("recency gives up items in the order of their last use", () => {
  const uses = fc.array(fc.tuple(fc.constantFrom("use", "remove"), fc.nat(6)));
  fc.assert(
    fc.property(uses, (run) => {
      const recency = new Recency<Item>();
      const pinned = new Item(); // has no place, whatever is done with it
      recency.pin(pinned);
      const items = Array.from({ length: 7 }, () => new Item());
      const model = new Set<Item>(); // oldest first
      for (const [what, which] of run) {
        const item = items[which]!;
        recency.touch(pinned);
        if (what === "remove" && model.delete(item)) recency.remove(item);
        if (what !== "use") continue;
        if (model.delete(item)) recency.touch(item);
        else recency.add(item);
        model.add(item);
      }
      recency.remove(pinned);
      for (const item of model) {
        expect(recency.oldest).toBe(item);
        recency.remove(item);
      }
      expect(recency.oldest).toBeUndefined();
    }),
  );
});
