/** What the page asks, as the host has it. */
import { MoonkeepError } from "../../errors.ts";
import type {
  Change,
  EntryView,
  ExplanationView,
  Going,
  Happening,
  HealthView,
  MetricView,
  Overview,
  PoliciesView,
  PolicyView,
  Removal,
  StoreView,
} from "../../inspect/api.ts";
import type { Inspected, KeyQuestion } from "../../inspect/inspected.ts";
import type { OpenedPolicy } from "../../kinds/policy.ts";
import { actions } from "../../modules/actions.ts";
import type { MemoryStore } from "../../stores/memory/memory.ts";
import type { Store } from "../../stores/store.ts";
import type { Edition } from "../edition.ts";
import { endedOnPage } from "../errors.ts";
import type { Question } from "../explain.ts";
import type { Health } from "../health.ts";
import type { Host } from "../host.ts";
import { unknownAction } from "../known-actions.ts";
import type { PluginInfo } from "../plugins/plugin.ts";
import type { Run } from "../runs.ts";
import type { World } from "../world.ts";
import { ofDenial, ofEvent, ofLog, ofRun } from "./happenings.ts";
import { Keys } from "./keys.ts";
import { metricViews } from "./metrics.ts";
import type { InspectOptions } from "./options.ts";
import { PagePrompt } from "./prompt.ts";

interface Owned {
  readonly edition: Edition;
  readonly plugin?: string;
}

export class Inspection implements Inspected {
  readonly #host: Host;
  readonly #world: World;
  readonly #writes: boolean;
  readonly #since = Date.now();
  readonly #prompt: PagePrompt;

  constructor(host: Host, world: World, options: InspectOptions) {
    this.#host = host;
    this.#world = world;
    this.#writes = options.write ?? false;
    this.#prompt = new PagePrompt(host, options);
  }

  overview(): Omit<Overview, "version"> {
    const counts = this.#world.metrics() !== undefined;
    return { node: process.version, pid: process.pid, since: this.#since, writes: this.#writes, counts };
  }

  /** The application's, and each plugin's. */
  #all(): readonly Owned[] {
    const { edition, plugins } = this.#world;
    return [{ edition }, ...plugins.all.map((plugin) => ({ edition: plugin.edition, plugin: plugin.name }))];
  }

  entries(): readonly EntryView[] {
    return this.#all().flatMap(({ edition: { registry }, plugin }) =>
      registry.entries.map((entry) => ({
        id: entry.id,
        kind: entry.kind,
        place: registry.place(entry),
        meta: entry.meta,
        ...(plugin === undefined ? {} : { plugin }),
      })),
    );
  }

  stores(): readonly StoreView[] {
    return this.#all().flatMap(({ edition: { registry, opened }, plugin }) =>
      registry.find({ kind: "store.*" }).map(({ id, kind }) => {
        const store = opened.get(id)!.value as Store;
        const { durable, consistency, backend } = store.traits;
        return {
          id,
          kind,
          durable,
          consistency,
          ...(plugin === undefined ? {} : { plugin }),
          ...(backend === "memory" ? { entries: (store as MemoryStore).size } : {}),
        };
      }),
    );
  }

  #keys(store: string): Keys {
    return new Keys(this.#host.store(store));
  }

  keys({ store, ...page }: KeyQuestion) {
    return this.#keys(store).page(page);
  }

  async entry(store: string, key: string) {
    return this.#keys(store).entry(key);
  }

  async set({ store, ...change }: Change) {
    return this.#keys(store).set(change);
  }

  async delete({ store, ...removal }: Removal) {
    return this.#keys(store).delete(removal);
  }

  policies(): PoliciesView {
    const { actor, strict } = this.#world.powers.authorities.authority({});
    const { registry, opened } = this.#world.edition;
    const policies = registry.find({ kind: "security.*" }).map((entry): PolicyView => {
      const { policy, groups } = opened.get(entry.id)!.value as OpenedPolicy;
      const { id, effect, conditions } = policy;
      const { actions, resources } = policy;
      const texts = conditions.map(({ text }) => text);
      return { id, effect, place: registry.place(entry), actions, resources, conditions: texts, groups };
    });
    return { strict, policies, actions, ...(actor === undefined ? {} : { actor: actor.id }) };
  }

  explain(question: unknown): ExplanationView {
    const { decision, reason, policies, allow, action } = this.#host.explain(question as Question);
    const note = unknownAction(this.#host.registry, action);
    const remedy = allow && `# ${allow.file}\n${allow.yaml}`;
    return {
      decision,
      reason,
      policies,
      ...(remedy === undefined ? {} : { remedy }),
      ...(note === undefined ? {} : { note }),
    };
  }

  going(): Going {
    const { waiting, running, kept, idle } = this.#world.standing.threads;
    return {
      runs: this.#host.runs().map(runView),
      waiting,
      threads: { running, kept, idle },
      plugins: this.#host.plugins.list.map(pluginView),
    };
  }

  async health(): Promise<readonly HealthView[]> {
    return (await this.#host.health()).map(healthView);
  }

  metrics(): readonly MetricView[] {
    const snapshot = this.#world.metrics();
    return snapshot === undefined ? [] : metricViews(snapshot);
  }

  kill(id: number): boolean {
    const run = this.#host.runs().find((one) => one.id === id);
    run?.kill(new Error(endedOnPage));
    return run !== undefined;
  }

  prompt(code: string) {
    return this.#prompt.run(code);
  }

  listen(told: (happening: Happening) => void): () => void {
    const unwatch = this.#world.watch({
      denied: (denial) => told(ofDenial(denial)),
      logged: (record) => told(ofLog(record)),
      ended: (run) => told(ofRun(run)),
    });
    const unsubscribe = this.#world.bus.subscribe("*", undefined, (event) => {
      told(ofEvent(event));
      return true;
    });
    return () => {
      unwatch();
      unsubscribe();
      this.#prompt.close();
    };
  }

  failure(e: unknown): ReturnType<Inspected["failure"]> {
    if (e instanceof MoonkeepError) return { status: statuses[e.kind] ?? 500, kind: e.kind, message: e.text };
    const isTheirs = e instanceof TypeError || e instanceof RangeError || e instanceof SyntaxError;
    return {
      status: isTheirs ? 400 : 500,
      kind: isTheirs ? "INVALID" : "INTERNAL",
      message: String((e as Error).message),
    };
  }
}

const statuses: Readonly<Record<string, ReturnType<Inspected["failure"]>["status"]>> = {
  INVALID: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  CONFLICT: 409,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
};

const runView = ({ id, source, actor, isolation, since }: Run): Going["runs"][number] => ({
  id,
  source,
  isolation,
  since: since.getTime(),
  ...(actor === undefined ? {} : { actor }),
});

const pluginView = (plugin: PluginInfo): Going["plugins"][number] => {
  const { name, version, description, functions, hooks, suspended } = plugin;
  const about = description === undefined ? {} : { description };
  return { name, version, ...about, functions, hooks: hooks.map((hook) => hook.on), suspended };
};

const healthView = ({ error, ...health }: Health): HealthView => ({
  ...health,
  ...(error === undefined ? {} : { error: `${error.kind}: ${error.text}` }),
});
