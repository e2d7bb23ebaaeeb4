-- internal: the code that a nonce stands for; lockbay/areas/codes.py derives the same
CREATE FUNCTION codes_digits(p_secret bytea, p_user_id bigint, p_purpose text, p_nonce text)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lpad((('x' || left(encode(sha256(
        p_secret || convert_to(p_user_id || ':' || p_purpose || ':' || p_nonce, 'UTF8')), 'hex'), 8)
    )::bit(32)::bigint % 1000000)::text, 6, '0')
$$;
