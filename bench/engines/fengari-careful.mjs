/**
 * The best that Fengari's public interface allows: a userdata with a checked metatable, keys as one-byte strings made by
 * hand, values kept as bytes and pushed without decoding, tables kept as pairs with their names as bytes.
 */
import { createRequire } from "node:module";
import { job, now } from "./job.mjs";

const { lua, lauxlib, lualib, to_luastring } = createRequire(import.meta.url)("fengari");
const L = lauxlib.luaL_newstate();
lualib.luaL_openlibs(L);
const NAME = to_luastring("Store");

function keyOf(L, i) {
  const bytes = lauxlib.luaL_checkstring(L, i);
  let key = "";
  for (let at = 0; at < bytes.length; at++) key += String.fromCharCode(bytes[at]);
  return key;
}

function toValue(L, i) {
  switch (lua.lua_type(L, i)) {
    case lua.LUA_TSTRING:
      return lua.lua_tostring(L, i);
    case lua.LUA_TNUMBER:
      return lua.lua_tonumber(L, i);
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(L, i);
    case lua.LUA_TTABLE: {
      const length = lua.lua_rawlen(L, i);
      const table = { items: new Array(length), names: [], fields: [] };
      for (let n = 1; n <= length; n++) {
        lua.lua_rawgeti(L, i, n);
        table.items[n - 1] = toValue(L, lua.lua_gettop(L));
        lua.lua_pop(L, 1);
      }
      lua.lua_pushnil(L);
      while (lua.lua_next(L, i)) {
        if (lua.lua_type(L, -2) === lua.LUA_TSTRING) {
          table.names.push(lua.lua_tostring(L, -2));
          table.fields.push(toValue(L, lua.lua_gettop(L)));
        }
        lua.lua_pop(L, 1);
      }
      return table;
    }
    default:
      return undefined;
  }
}

function push(L, value) {
  if (value === undefined) lua.lua_pushnil(L);
  else if (value instanceof Uint8Array) lua.lua_pushlstring(L, value, value.length);
  else if (typeof value === "boolean") lua.lua_pushboolean(L, value);
  else if (typeof value === "number")
    (value | 0) === value ? lua.lua_pushinteger(L, value) : lua.lua_pushnumber(L, value);
  else {
    lua.lua_createtable(L, value.items.length, value.names.length);
    for (let n = 0; n < value.items.length; n++) {
      push(L, value.items[n]);
      lua.lua_rawseti(L, -2, n + 1);
    }
    for (let n = 0; n < value.names.length; n++) {
      push(L, value.names[n]);
      push(L, value.fields[n]);
      lua.lua_rawset(L, -3);
    }
  }
}

class Entry {
  constructor(value, expires) {
    this.value = value;
    this.expires = expires;
  }
}

const mapOf = (L) => lauxlib.luaL_checkudata(L, 1, NAME).map;
const live = (map, key) => {
  const entry = map.get(key);
  return entry !== undefined && (entry.expires === 0 || entry.expires > Date.now()) ? entry : undefined;
};
const methods = {
  get(L) {
    push(L, live(mapOf(L), keyOf(L, 2))?.value);
    return 1;
  },
  set(L) {
    const map = mapOf(L);
    const ttl = lua.lua_isnoneornil(L, 4) ? 0 : lauxlib.luaL_checknumber(L, 4);
    map.set(keyOf(L, 2), new Entry(toValue(L, 3), ttl === 0 ? 0 : Date.now() + ttl * 1000));
    lua.lua_pushboolean(L, true);
    return 1;
  },
  has(L) {
    lua.lua_pushboolean(L, live(mapOf(L), keyOf(L, 2)) !== undefined);
    return 1;
  },
  delete(L) {
    lua.lua_pushboolean(L, mapOf(L).delete(keyOf(L, 2)));
    return 1;
  },
};

lauxlib.luaL_newmetatable(L, NAME);
lua.lua_newtable(L);
for (const [name, f] of Object.entries(methods)) {
  lua.lua_pushcfunction(L, f);
  lua.lua_setfield(L, -2, to_luastring(name));
}
lua.lua_setfield(L, -2, to_luastring("__index"));
lua.lua_pop(L, 1);
lua.lua_newuserdata(L, 0).map = new Map();
lauxlib.luaL_setmetatable(L, NAME);
lua.lua_setglobal(L, to_luastring("s"));
lua.lua_pushcfunction(L, (L) => {
  lua.lua_pushnumber(L, now());
  return 1;
});
lua.lua_setglobal(L, to_luastring("now"));
if (lauxlib.luaL_dostring(L, to_luastring(job.code)) !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(L, -1));
process.stdout.write(lua.lua_tojsstring(L, -1));
