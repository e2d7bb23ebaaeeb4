-- internal: until when a price is promised that was until p_until, since p_began, when nobody could act from p_since until p_at: if it
-- held at p_since, as much longer, at most for the window to pay once more; p_since null: they can
-- What a coin does meanwhile is at our cost: a short closing takes nobody their price, but a long one must not be worth waiting
-- through. After it the worse of that price and the one of then counts, as of any promise that is over, and screens say so.
CREATE FUNCTION rates_resumed(p_until timestamptz, p_began timestamptz, p_since timestamptz, p_at timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_until > p_since AND greatest(p_since, p_began) < p_at
        THEN p_until + least(p_at - greatest(p_since, p_began), payment_window) ELSE p_until END FROM terms
$$;
