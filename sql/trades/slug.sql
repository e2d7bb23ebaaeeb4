-- internal: a short code that no trade has yet: T- and six characters that nobody confuses
CREATE FUNCTION trades_slug() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    letters CONSTANT text := '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
    made text;
BEGIN
    LOOP
        SELECT 'T-' || string_agg(substr(letters, 1 + get_byte(bytes, i) % 32, 1), '') INTO made
        FROM (SELECT uuid_send(gen_random_uuid()) AS bytes) random, generate_series(0, 5) i;
        EXIT WHEN NOT EXISTS (SELECT FROM trades WHERE slug = made);
    END LOOP;
    RETURN made;
END
$$;
