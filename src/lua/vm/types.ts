/**
 * The names of what a VM is made of: values and their tags, functions, threads, tables. The room vm/ holds these things
 * and what they do by themselves; how code runs on them is in core/. It asks the room meter/ for memory, and nobody else.
 */
export type { TValue } from "./cell.ts";
export type { CClosure, LuaClosure, Proto, Udata } from "./closure.ts";
export type { LuaTable } from "./lua-table.ts";
export * from "./tags.ts";
export type { CallInfo, Continuation, GlobalState, LuaCFunction, LuaState } from "./thread.ts";
