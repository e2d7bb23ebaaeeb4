-- internal: what a side of a trade can dispute it for
CREATE FUNCTION disputes_reasons(p_role text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_role WHEN 'buyer' THEN ARRAY['not_delivered', 'not_as_described', 'damaged', 'no_answer', 'other']
        ELSE ARRAY['not_released', 'no_answer', 'payment', 'other'] END
$$;
