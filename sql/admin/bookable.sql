-- internal: whether the books can hold an amount that a provider told: of a coin that we know, and no finer than it
CREATE FUNCTION admin_bookable(p_amount numeric, p_currency text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM currencies WHERE code = p_currency AND p_amount = trunc(p_amount, scale) AND p_amount < 1e15)
$$;
