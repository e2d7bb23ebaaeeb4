-- Those of some request keys whose outcome is there already.
SELECT key FROM requests WHERE key = ANY (:keys::text[]) AND outcome IS NOT NULL
