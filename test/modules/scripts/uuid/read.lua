local uuid = require("uuid")

local id = "C232AB00-9414-11EC-B3C8-9F6BDECED846" -- RFC 9562, appendix A.1
same(uuid.validate(id), true)
same(uuid.validate("c232ab00941411ecb3c89f6bdeced846"), true)
same(uuid.validate("urn:uuid:c232ab00-9414-11ec-b3c8-9f6bdeced846"), true)
for _, no in ipairs {"", "c232ab00", "c232ab00-9414-11ec-b3c8-9f6bdeced84g", ("a"):rep(100000), 1, true, {}} do
  same(uuid.validate(no), false)
end
same(uuid.validate(), false)

same(uuid.version(id), 1)
same(uuid.variant(id), "RFC4122")
same(uuid.parse(id), {version = 1, variant = "RFC4122", timestamp = 1645557742, node = "9f6bdeced846"})
same(uuid.parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), {version = 7, variant = "RFC4122", timestamp = 1645557742})
same(uuid.parse("919108f7-52d1-4320-9bac-f847db4148a8"), {version = 4, variant = "RFC4122"})
same(uuid.variant("00000000-0000-0000-c000-000000000000"), "Microsoft")
same(uuid.variant("00000000-0000-0000-0000-000000000000"), "NCS")
same(uuid.variant("ffffffff-ffff-ffff-ffff-ffffffffffff"), "Future")

same(uuid.format(id), "c232ab00-9414-11ec-b3c8-9f6bdeced846")
same(uuid.format(id, "simple"), "c232ab00941411ecb3c89f6bdeced846")
same(uuid.format(id, "urn"), "urn:uuid:c232ab00-9414-11ec-b3c8-9f6bdeced846")

refused(errors.INVALID, 'uuid: not a UUID: "x"', uuid.version("x"))
refused(errors.INVALID, 'uuid: not a UUID: ""', uuid.parse(""))
refused(errors.INVALID, "uuid: expected a string, got nil", uuid.variant())
refused(errors.INVALID, 'format: expected standard or simple or urn, got "hex"', uuid.format(id, "hex"))

local function seconds(made) return math.abs(uuid.parse(made).timestamp - os.time()) end
assert(seconds(uuid.v1()) < 5 and seconds(uuid.v7()) < 5)
