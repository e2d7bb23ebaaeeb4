-- internal: a short code that no ticket has yet: S- and six characters
CREATE FUNCTION support_slug() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made text;
BEGIN
    LOOP
        made := slugs_random('S-', 6);
        EXIT WHEN NOT EXISTS (SELECT FROM tickets WHERE slug = made);
    END LOOP;
    RETURN made;
END
$$;
