-- internal: a short code that no cash-out has yet: C- and seven characters
CREATE FUNCTION cashout_slug() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made text;
BEGIN
    LOOP
        made := slugs_random('C-', 7);
        EXIT WHEN NOT EXISTS (SELECT FROM cashouts WHERE slug = made);
    END LOOP;
    RETURN made;
END
$$;
