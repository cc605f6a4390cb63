-- tries: Raises nil.
-- from: our threat model
-- expect: error (error object is a nil value)
error(nil)
