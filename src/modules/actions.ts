/** Every action that moonkeep's own modules ask for, and the attributes that each comes with. */
export const actions: Readonly<Record<string, readonly string[]>> = {
  "store.get": [],
  "store.info": [],
  "store.key.get": ["key"],
  "store.key.set": ["key"],
  "store.key.delete": ["key"],
  "store.key.has": ["key"],
  "store.key.list": ["prefix"],
  "funcs.call": [],
  "funcs.context": [],
  "funcs.security": [],
  "security.actor.create": [],
  "security.scope.create": [],
  "security.policy.get": [],
  "security.policy_group.get": [],
};
