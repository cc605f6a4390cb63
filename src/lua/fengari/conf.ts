/** What Fengari's files get in place of luaconf.js, which asks the process, and of lualib.js, which opens libraries. */

import { MAXSTACK } from "../vm/types.ts";
import { notFengaris } from "./errors.ts";

export const luaconf = {
  LUAI_MAXSTACK: MAXSTACK,
  /** The most characters of a chunk's name in messages. */
  LUA_IDSIZE: 59,
  LUAL_BUFFERSIZE: 8192,
  LUA_COMPAT_FLOATSTRING: false,
};

export const lualib = {
  luaopen_base(): never {
    throw new Error(notFengaris);
  },
};
