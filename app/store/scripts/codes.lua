-- Names the verifications of a recipient, for `erase`.
-- KEYS  1… recipient records, one a policy
-- Reply tags
-- Keeps: changes nothing.
local tags = {}
for _, key in ipairs(KEYS) do
  for _, code in ipairs(read_recipient(key, '').codes) do table.insert(tags, code.tag) end
end
return tags
