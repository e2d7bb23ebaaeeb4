-- internal: a random code: a prefix and up to nine characters that nobody confuses
-- Each of base64's 64 letters stands for one of 32, so all are as likely. The first nine bytes of a UUID hold its version.
CREATE FUNCTION slugs_random(p_prefix text, p_length int) RETURNS text LANGUAGE sql AS $$
    SELECT p_prefix || translate(
        substr(encode(substr(uuid_send(gen_random_uuid()), 10), 'base64'), 1, p_length),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
        '23456789ABCDEFGHJKLMNPQRSTUVWXYZ23456789ABCDEFGHJKLMNPQRSTUVWXYZ')
$$;
