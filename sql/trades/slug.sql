-- internal: a short code that no trade has yet: T- and six characters
CREATE FUNCTION trades_slug() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made text;
BEGIN
    LOOP
        made := slugs_random('T-', 6);
        EXIT WHEN NOT EXISTS (SELECT FROM trades WHERE slug = made);
    END LOOP;
    RETURN made;
END
$$;
