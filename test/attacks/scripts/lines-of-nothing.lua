-- tries: Prints empty lines as fast as it can, each a message of a thread that is far larger than the line.
-- from: attacks on what comes out of threads; 600 MiB of messages that the host had not taken yet
-- expect: limit time
while true do print() end
