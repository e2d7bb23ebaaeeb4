-- internal: a short code that no cash-out has yet: C- and seven characters that nobody confuses
CREATE FUNCTION cashout_slug() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    letters CONSTANT text := '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
    made text;
BEGIN
    LOOP
        SELECT 'C-' || string_agg(substr(letters, 1 + get_byte(bytes, i) % 32, 1), '') INTO made
        FROM (SELECT decode(left(replace(gen_random_uuid()::text, '-', ''), 12) || right(replace(gen_random_uuid()::text, '-', ''), 2), 'hex') AS bytes) random,
            generate_series(0, 6) i;
        EXIT WHEN NOT EXISTS (SELECT FROM cashouts WHERE slug = made);
    END LOOP;
    RETURN made;
END
$$;
