/** The module that one writes first: JavaScript strings, a Map, and tables turned into objects and back. */
import { createRequire } from "node:module";
import { job, now } from "./job.mjs";

const { lua, lauxlib, lualib, to_luastring, to_jsstring } = createRequire(import.meta.url)("fengari");
const L = lauxlib.luaL_newstate();
lualib.luaL_openlibs(L);

function toJs(L, i) {
  switch (lua.lua_type(L, i)) {
    case lua.LUA_TSTRING:
      return lua.lua_tojsstring(L, i);
    case lua.LUA_TNUMBER:
      return lua.lua_tonumber(L, i);
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(L, i);
    case lua.LUA_TTABLE: {
      const object = new Map();
      lua.lua_pushvalue(L, i);
      lua.lua_pushnil(L);
      while (lua.lua_next(L, -2)) {
        object.set(toJs(L, -2), toJs(L, -1));
        lua.lua_pop(L, 1);
      }
      lua.lua_pop(L, 1);
      return object;
    }
    default:
      return undefined;
  }
}

function push(L, value) {
  if (value === undefined) lua.lua_pushnil(L);
  else if (typeof value === "string") lua.lua_pushstring(L, to_luastring(value));
  else if (typeof value === "boolean") lua.lua_pushboolean(L, value);
  else if (Number.isInteger(value)) lua.lua_pushinteger(L, value);
  else if (typeof value === "number") lua.lua_pushnumber(L, value);
  else {
    lua.lua_newtable(L);
    for (const [key, item] of value) {
      push(L, key);
      push(L, item);
      lua.lua_settable(L, -3);
    }
  }
}

const map = new Map();
const live = (key) => {
  const entry = map.get(key);
  return entry === undefined || (entry.expires !== 0 && entry.expires <= Date.now()) ? undefined : entry;
};
const store = {
  get(L) {
    push(L, live(to_jsstring(lauxlib.luaL_checkstring(L, 1)))?.value);
    return 1;
  },
  set(L) {
    const ttl = lua.lua_tonumber(L, 3);
    map.set(to_jsstring(lauxlib.luaL_checkstring(L, 1)), {
      value: toJs(L, 2),
      expires: ttl ? Date.now() + ttl * 1000 : 0,
    });
    lua.lua_pushboolean(L, true);
    return 1;
  },
  has(L) {
    lua.lua_pushboolean(L, live(to_jsstring(lauxlib.luaL_checkstring(L, 1))) !== undefined);
    return 1;
  },
  delete(L) {
    lua.lua_pushboolean(L, map.delete(to_jsstring(lauxlib.luaL_checkstring(L, 1))));
    return 1;
  },
};

lua.lua_newtable(L);
for (const [name, f] of Object.entries(store)) {
  lua.lua_pushcfunction(L, f);
  lua.lua_setfield(L, -2, to_luastring(name));
}
lua.lua_setglobal(L, to_luastring("s"));
lua.lua_pushcfunction(L, (L) => {
  lua.lua_pushnumber(L, now());
  return 1;
});
lua.lua_setglobal(L, to_luastring("now"));
if (lauxlib.luaL_dostring(L, to_luastring(job.code)) !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(L, -1));
process.stdout.write(lua.lua_tojsstring(L, -1));
