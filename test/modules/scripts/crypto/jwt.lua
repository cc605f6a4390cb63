local crypto, base64 = require("crypto"), require("base64")
local jwt, now = crypto.jwt, os.time()

-- The example of RFC 7515, appendix A.1, whose token has expired long ago.
local key = base64.decode_url("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
local example = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt" ..
  "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
local function no(reason, ...)
  local claims, err = jwt.verify(...)
  same(claims, nil)
  same(err:kind(), errors.INVALID)
  same(err:details(), {reason = reason})
end
no("expired", example, key)
no("signature", example, "another key")

local claims = {sub = "alice", exp = now + 60, roles = {"dev"}}
for _, alg in ipairs {"HS256", "HS384", "HS512"} do
  local token = assert(jwt.encode(claims, "secret", alg))
  same(jwt.verify(token, "secret", alg), claims)
  no("signature", token, "Secret", alg)
  no("algorithm", token, "secret", alg == "HS256" and "HS512" or "HS256")
  no("malformed", token .. ".", "secret", alg)
  no("signature", token .. "A", "secret", alg)
end
same(jwt.verify(jwt.encode(claims, "secret"), "secret"), claims)

no("no_expiry", jwt.encode({sub = "a"}, "s"), "s")
same(jwt.verify(jwt.encode({sub = "a"}, "s"), "s", "HS256", false), {sub = "a"})
no("expired", jwt.encode({exp = now - 1}, "s"), "s", "HS256", false)
no("not_yet_valid", jwt.encode({exp = now + 60, nbf = now + 60}, "s"), "s")
no("malformed", jwt.encode({exp = "tomorrow"}, "s"), "s")
no("malformed", "", "s")
no("malformed", "a.b.c", "s")

-- What is signed by nothing, whatever it says of itself.
local none = base64.encode_url('{"alg":"none"}') .. "." .. base64.encode_url('{"sub":"root"}') .. "."
no("algorithm", none, "s", "HS256", false)

-- The header may have more, and never another algorithm.
local token = jwt.encode({exp = now + 60, _header = {kid = "k1", alg = "none"}}, "s")
same(base64.decode_url(token:match("^[^.]+")), '{"alg":"HS256","typ":"JWT","kid":"k1"}')
same(jwt.verify(token, "s"), {exp = now + 60})

refused(errors.INVALID, "key: expected a string that is not empty", jwt.encode({}, ""))
refused(errors.INVALID, "key: not a private RSA key in PEM", jwt.encode({}, "secret", "RS256"))
refused(errors.INVALID, 'alg: expected HS256 or HS384 or HS512 or RS256, got "none"', jwt.encode({}, "s", "none"))
refused(errors.INVALID, "payload: expected a table, got nil", jwt.encode(nil, "s"))
refused(errors.INVALID, "payload: expected claims by name, got a list", jwt.encode({1}, "s"))
refused(errors.INVALID, "payload.f: a function has no JSON", jwt.encode({f = print}, "s"))
