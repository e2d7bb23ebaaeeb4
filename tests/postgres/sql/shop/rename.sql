-- Gives many people new names.
UPDATE people SET name = new.name FROM unnest(:ids::bigint[], :names::text[]) AS new (id, name) WHERE people.id = new.id
