-- tries: Raises a coroutine.
-- from: our threat model
-- expect: error (error object is a thread value)
error(coroutine.create(print))
