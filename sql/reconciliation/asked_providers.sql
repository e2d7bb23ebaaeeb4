-- Remembers which providers are asked from now on: of one whose key is gone from the settings nobody finds out that it is back.
DELETE FROM provider_answers WHERE provider <> ALL (:providers::text[])
