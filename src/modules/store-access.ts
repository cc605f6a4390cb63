/** What a handle of a store may do: what the policies allow the script's actor, within what the handle is limited to. */
import type { Allowances } from "../lua/limits/allowance.ts";
import { noAttributes } from "../security/actor.ts";
import { clearDenied, type Failure, keyDenied, storeDenied, storeReleased } from "../stores/errors.ts";
import type { Permit } from "../stores/permit.ts";
import type { Store } from "../stores/store.ts";
import { binaryToText } from "../value/bytes.ts";
import { andThen, type Eventually } from "../value/eventually.ts";
import { ByteString, type Bytes, type Key, sizeOf, type Value } from "../value/value.ts";
import type { Call, InForce, OpenEntry, Permission, ReadTally } from "./call.ts";
import { STORE_SYSTEM } from "./event-bus.ts";
import { type Restriction, type StoreAction, unrestricted } from "./store-options.ts";
import { record } from "./store-record.ts";

/** What is done with a key. */
export class KeyAction {
  static #made = 0;
  /** Its place among what a handle keeps for each of them. */
  readonly index = KeyAction.#made++;
  /** What the policies are asked. */
  readonly name: string;
  /** For the refusal. */
  readonly verb: Parameters<typeof keyDenied>[0];
  /** For a restriction. */
  readonly short: StoreAction;

  constructor(short: StoreAction, verb: Parameters<typeof keyDenied>[0]) {
    this.name = `store.key.${short}`;
    this.verb = verb;
    this.short = short;
  }
}

export const GET = new KeyAction("get", "read");
export const SET = new KeyAction("set", "write");
export const DELETE = new KeyAction("delete", "delete");
export const HAS = new KeyAction("has", "check");

export class StoreAccess {
  readonly id: string;
  readonly call: Call;
  readonly tally: ReadTally | undefined;
  /** With a tally: the store that does not count. */
  readonly uncounted: Store;
  /** What the script may have. */
  readonly memory: Bytes | undefined;
  readonly #store: Store;
  readonly #restriction: Restriction;
  readonly #inForce: InForce;
  #released = false;
  /** What the policies say of each action on a key, decided once as far as the key does not matter. */
  readonly #permissions: (Permission | undefined)[] = [undefined, undefined, undefined, undefined];
  /** When that was decided, and whether the store may still be held. */
  #epoch: number;
  #mayHold = true;

  constructor({ id, value, tally, uncounted }: OpenEntry, call: Call, restriction: Restriction) {
    this.id = id;
    this.#store = value as Store;
    this.tally = tally;
    this.uncounted = uncounted ?? this.#store;
    this.call = call;
    this.memory = call.memory;
    this.#restriction = restriction;
    this.#inForce = call.inForce;
    this.#epoch = call.inForce.epoch;
  }

  /** The backend, while the handle is live and the policies agree. */
  reach(action: KeyAction, k: Key): Store {
    const store = this.live();
    this.permit(action, k);
    return store;
  }

  live(): Store {
    return this.liveFor(1);
  }

  /**
   * @param operations how many this call counts for
   * @param allowances of the call, where it has waited: then it is not the one that goes on
   */
  liveFor(operations: number, { storeOperations }: Allowances = this.call.allowances): Store {
    this.check();
    storeOperations.spend(operations);
    return this.#store;
  }

  /** Whether the handle may still be used. @throws INVALID when it is released; PERMISSION_DENIED */
  check(): void {
    if (this.#released) throw storeReleased();
    if (this.#epoch !== this.#inForce.epoch) this.#askAgain();
    if (!this.#mayHold) throw this.call.denied(storeDenied("access", this.id), "store.get", this.id);
  }

  /** @throws PERMISSION_DENIED */
  permit(action: KeyAction, k: Key): void {
    if (this.mayUse(action, k)) return;
    const { name, verb } = action;
    throw this.call.denied(keyDenied(verb, k), name, this.id, { key: binaryToText(k) });
  }

  /**
   * What is said of one of many keys that may not be used; undefined where it may. It is noted as a denial like others,
   * but nobody gets an error of its own, which takes a hundred times as long to make.
   */
  refusal(action: KeyAction, k: Key): Failure | undefined {
    if (this.mayUse(action, k)) return undefined;
    const { name, verb } = action;
    this.call.noteDenial(name, this.id, { key: binaryToText(k) });
    return { kind: "PERMISSION_DENIED", text: keyDenied(verb, k), retryable: false };
  }

  /** For a call that waits after it was allowed to read and to write a key: it asks again where other policies are in force. */
  permitFor(k: Key): Permit {
    let [epoch, may] = [this.#epoch, true];
    const allows = (): boolean => {
      const now = this.#inForce.epoch;
      if (epoch === now) return may;
      if (this.#epoch !== now) this.#askAgain();
      may = this.#mayHold && this.mayUse(GET, k) && this.mayUse(SET, k);
      epoch = now;
      return may;
    };
    const check = (): void => {
      this.check();
      if (allows()) return;
      this.permit(GET, k);
      this.permit(SET, k);
    };
    return { check, allows, checkDelete: () => this.permit(DELETE, k) };
  }

  mayUse(action: KeyAction, k: Key): boolean {
    const permission = this.permission(action);
    if (this.#restriction !== unrestricted && !this.#isWithin(action, k)) return false;
    return permission.settled ?? permission.allowsKey(binaryToText(k));
  }

  permission({ index, name }: KeyAction): Permission {
    if (this.#epoch !== this.#inForce.epoch) this.#askAgain();
    return (this.#permissions[index] ??= this.call.permission(name, this.id));
  }

  /** @throws PERMISSION_DENIED where the keys of a prefix may not be listed */
  permitList(prefix: Key): void {
    const attributes = { prefix: binaryToText(prefix) };
    if (this.has("list") && this.call.permission("store.key.list", this.id).allows(attributes)) return;
    throw this.call.denied(storeDenied("list", this.id), "store.key.list", this.id, attributes);
  }

  /** @throws PERMISSION_DENIED */
  permitInfo(): void {
    if (this.has("info") && this.call.permission("store.info", this.id).allows(noAttributes)) return;
    throw this.call.denied(storeDenied("access", this.id), "store.info", this.id);
  }

  /**
   * Whether all keys of a prefix may be deleted, or only those that may be deleted one by one.
   * @throws PERMISSION_DENIED where none of them may
   */
  permitClear(prefix: Key): "all" | "each" {
    const attributes = { prefix: binaryToText(prefix) };
    const mayDelete = this.has("delete");
    if (mayDelete && this.call.permission("store.clear", this.id).allows(attributes)) return "all";
    if (mayDelete && this.permission(DELETE).settled !== false) return "each";
    throw this.call.denied(clearDenied(this.id), "store.clear", this.id, attributes);
  }

  /** The part of a prefix that this handle reaches. @throws PERMISSION_DENIED where there is none */
  within(prefix: Key, action: "list" | "clear"): Key {
    const { prefix: own } = this.#restriction;
    if (prefix.startsWith(own)) return prefix;
    if (own.startsWith(prefix)) return own;
    const asked = { prefix: binaryToText(prefix) };
    const [message, name] =
      action === "list" ? [storeDenied("list", this.id), "store.key.list"] : [clearDenied(this.id), "store.clear"];
    throw this.call.denied(message, name, this.id, asked);
  }

  /** Whether the handle is limited to operations that this one is among. */
  has(name: StoreAction): boolean {
    return this.#restriction.actions?.has(name) ?? true;
  }

  /** Tells those who listen of a change once it is made; of a key that was not there, nothing changed. */
  tell<T, U>(done: Eventually<T>, kind: string, k: Key, answer: (outcome: T) => U): Eventually<U> {
    return andThen(done, (outcome) => {
      if (outcome !== false) this.publish(kind, k);
      return answer(outcome);
    });
  }

  /** As `tell` does of a write, for those who listen. */
  changed<T>(done: Eventually<T>, k: Key): Eventually<T> {
    return this.call.hearsStores ? this.tell(done, "store.set", k, (one) => one) : done;
  }

  publish(kind: string, k: Key): void {
    if (!this.call.hearsStores) return;
    const data = record({ key: ByteString.fromBinary(k) });
    this.call.publish({ system: STORE_SYSTEM, kind, path: this.id, data });
  }

  /** Counts what is written, where somebody limits that. @param allowances as `liveFor` takes them */
  count(k: Key, v: Value, { storeBytes }: Allowances = this.call.allowances): void {
    if (storeBytes.isLimited) storeBytes.spend(k.length + sizeOf(v));
  }

  release(): void {
    this.#released = true;
  }

  get released(): boolean {
    return this.#released;
  }

  get isRestricted(): boolean {
    return this.#restriction !== unrestricted;
  }

  /** The store itself, for whoever may do all of it. */
  get store(): Store {
    return this.#store;
  }

  /** What the script gave for it. */
  get bytes(): Bytes {
    return this.#restriction.prefix.length + this.id.length;
  }

  /** Other policies are in force: everything is asked again, first of all whether the store may be acquired. */
  #askAgain(): void {
    const { epoch } = this.#inForce;
    this.#permissions.fill(undefined);
    this.#mayHold = this.call.permission("store.get", this.id).allows(noAttributes);
    this.#epoch = epoch; // not before: nothing that was decided holds, whatever happens
  }

  #isWithin({ short }: KeyAction, k: Key): boolean {
    return this.has(short) && k.startsWith(this.#restriction.prefix);
  }
}
