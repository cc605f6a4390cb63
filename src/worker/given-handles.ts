/**
 * The handles that a run in a thread was given, by the numbers that its thread has for them, and what they keep in the
 * host: that counts as the script's, whatever its thread says.
 */
import { type HandleType, handleTypeOf } from "../lua/boundary/handle-type.ts";
import { KeptHandles, type ReleasedAtEnd } from "../lua/boundary/kept-handles.ts";
import type { Bytes } from "../value/value.ts";
import { unknownHandle } from "./errors.ts";
import type { ConstantHandles, HandleShape } from "./shapes.ts";
import { BadMessage, bytesOf, type Special } from "./wire.ts";

/** What a thread was told of handles. */
export interface KnownHandles {
  readonly constants: ConstantHandles;
  /** @returns the type's number, and its description when the thread has not had it */
  introduce(type: HandleType): { readonly number: number; readonly shape?: HandleShape };
}

export interface GivenHandlesOptions {
  readonly known: KnownHandles;
  /** The modules that the run may load: their constants may be handles. */
  readonly modules: ReadonlyMap<string, unknown>;
  /** What all may keep. */
  readonly memory: Bytes | undefined;
  /** Ends the run that keeps more. */
  over(memory: Bytes): never;
}

/** What the table of a run keeps for a handle, beside its object. */
const ENTRY: Bytes = 100;

export class GivenHandles {
  readonly #options: GivenHandlesOptions;
  readonly #handles = new Map<number, object>();
  /** What those keep that are not among the kept handles. */
  readonly #sizes = new Map<number, Bytes>();
  /** Those that are released when the run ends. */
  readonly #kept = new KeptHandles();
  #bytes: Bytes = 0;
  #numbers = 0;

  constructor(options: GivenHandlesOptions) {
    this.#options = options;
  }

  keep(handle: object, type: ReleasedAtEnd): void {
    this.#kept.add(handle, type);
  }

  /** What a number stands for. @throws BadMessage */
  get(id: unknown): object {
    const object = typeof id === "number" ? (this.#handles.get(id) ?? this.#constant(id)) : undefined;
    if (object === undefined) throw new BadMessage(unknownHandle);
    return object;
  }

  /** A handle that is a constant of a module which the run may load. */
  #constant(id: number): object | undefined {
    const known = this.#options.known.constants.get(id);
    return known !== undefined && this.#options.modules.has(known.module) ? known.object : undefined;
  }

  /** A handle becomes a number. @param types gets the description of its type when the thread has not had it */
  pack(object: object, types: [number, HandleShape][]): Special {
    const { constants } = this.#options.known;
    const constant = constants.idOf(object);
    if (constant !== undefined) return { handle: { id: constant } };
    const bytes = bytesOf(object);
    const { number: type, shape } = this.#options.known.introduce(handleTypeOf(object)!);
    if (shape !== undefined) types.push([type, shape]);
    const id = ++this.#numbers;
    this.#handles.set(id, object);
    if (bytes > 0) this.#sizes.set(id, bytes);
    this.count(isKept(object) ? 0 : bytes); // else it is counted with the kept handles
    return { handle: { id, type, ...(bytes === 0 ? {} : { bytes }) } };
  }

  /** It was called, and may keep what it has read, page by page. */
  recount(id: number): void {
    const object = this.#handles.get(id);
    if (object === undefined || isKept(object)) return;
    const [before, now] = [this.#sizes.get(id) ?? 0, bytesOf(object)];
    if (now === before) return;
    this.#sizes.set(id, now);
    this.count(now - before);
  }

  /** Bytes that the host keeps for the run. */
  count(bytes: Bytes): void {
    const { memory } = this.#options;
    this.#bytes += bytes;
    if (memory === undefined) return;
    if (this.#bytes + this.#kept.bytes + ENTRY * this.#handles.size > memory) this.#options.over(memory);
  }

  /** Releases all. */
  close(): void {
    this.#handles.clear();
    this.#kept.releaseAll();
  }
}

const isKept = (object: object): boolean => handleTypeOf(object)!.atEnd !== undefined;
