-- Names the verifications of a recipient, for `erase`.
-- Parts clock recipient
-- KEYS  1… recipient records, one a policy
-- Reply tags
-- Keeps: changes nothing.
local tags = {}
for _, key in ipairs(KEYS) do
  for _, code in ipairs(read_recipient(key, '').codes) do tags[#tags + 1] = code[TAG] end
end
return tags
