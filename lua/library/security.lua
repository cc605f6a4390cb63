---@meta security

---Who the script acts as, under which policies, and what those say. It can make other actors and scopes as far as the
---policies let it, and ask what they would allow; its own stay what the host gave it.
---@class security
local security = {}

---What a policy, or a scope, says to a question; `"undefined"`: nothing, and that is no.
---@alias security.Decision "allow"|"deny"|"undefined"

---Who acts.
---@class security.Actor
---@operator concat(any): string
local Actor = {}

---@return string
function Actor:id() end

---A copy of the data about the actor.
---@return table
function Actor:meta() end

---One rule: who may, or may not, do what with what.
---@class security.Policy
---@operator concat(any): string
local Policy = {}

---@return string
function Policy:id() end

---What this policy alone says. Raises INVALID for what is not a question.
---@param actor security.Actor
---@param action string `"store.key.get"`
---@param resource string `"app:cache"`
---@param meta? table The attributes, which conditions see as `meta.*`: `{key = "user:1"}`.
---@return security.Decision
function Policy:evaluate(actor, action, resource, meta) end

---A set of policies. It never changes.
---@class security.Scope
---@operator concat(any): string
local Scope = {}

---Another scope, which has this policy too. Raises PERMISSION_DENIED; asks `security.scope.create` on `with`.
---@param policy security.Policy
---@return security.Scope
function Scope:with(policy) end

---Another scope, which has not got this policy. Raises PERMISSION_DENIED; asks `security.scope.create` on `without`.
---@param policy security.Policy|string The policy, or its id.
---@return security.Scope
function Scope:without(policy) end

---@param policy security.Policy|string The policy, or its id.
---@return boolean
function Scope:contains(policy) end

---@return security.Policy[]
function Scope:policies() end

---What the policies of this scope say: any that denies wins, else any that allows. Raises INVALID for what is not a question.
---@param actor security.Actor
---@param action string
---@param resource string
---@param meta? table
---@return security.Decision
function Scope:evaluate(actor, action, resource, meta) end

---The actor that the script acts as; nil when there is none.
---@return security.Actor?
function security.actor() end

---The policies in force; nil when there are none.
---@return security.Scope?
function security.scope() end

---Whether the script may do something: the very answer that doing it would get. Raises INVALID for what is not a question.
---@param action string `"store.key.get"`
---@param resource string `"app:cache"`
---@param meta? table The attributes: `{key = "user:1"}`. At most 1000 fields and parts.
---@return boolean
function security.can(action, resource, meta) end

---Makes an actor, which is not who the script acts as. Raises INVALID and PERMISSION_DENIED; asks `security.actor.create` on its id.
---@param id string
---@param meta? table Plain data, up to 64 deep. At most 1000 fields and parts, and 64 KiB of names and strings.
---@return security.Actor
function security.new_actor(id, meta) end

---Makes a scope, which is not in force. Raises INVALID and PERMISSION_DENIED; asks `security.scope.create` on `custom`.
---@param policies? security.Policy[]
---@return security.Scope
function security.new_scope(policies) end

---A policy of the registry, by its full id. Errors: INVALID, NOT_FOUND, PERMISSION_DENIED; asks `security.policy.get` on the id.
---@param id string
---@return security.Policy? policy
---@return error? err
function security.policy(id) end

---The scope of a policy group, by its full name. Errors: INVALID, NOT_FOUND, PERMISSION_DENIED; asks `security.policy_group.get` on the name.
---@param id string
---@return security.Scope? scope
---@return error? err
function security.named_scope(id) end

return security
