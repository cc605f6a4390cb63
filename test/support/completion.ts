/** A registry whose ids begin alike, for the shells to complete. */
export const registry = `version: "1.0"
namespace: app
entries:
  - {name: cache, kind: store.memory}
  - {name: carts, kind: store.memory}
  - {name: greet, kind: function.lua, source: "return function() end"}
`;
