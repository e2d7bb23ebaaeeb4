-- internal: a short code that no ticket has yet: S- and six characters that nobody confuses
CREATE FUNCTION support_slug() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    letters CONSTANT text := '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
    made text;
BEGIN
    LOOP
        SELECT 'S-' || string_agg(substr(letters, 1 + get_byte(bytes, i) % 32, 1), '') INTO made
        FROM (SELECT uuid_send(gen_random_uuid()) AS bytes) random, generate_series(0, 5) i;
        EXIT WHEN NOT EXISTS (SELECT FROM tickets WHERE slug = made);
    END LOOP;
    RETURN made;
END
$$;
