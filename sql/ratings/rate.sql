-- One side of a trade that has ended rates the other, once: the primary key decides between two at once.
CREATE FUNCTION ratings_rate(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint, p_stars int, p_comment text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'ratings/rate', p_at);
    said    text := nullif(btrim(p_comment, E' \t\r\n'), '');
    trade   trades;
    reason  text;
    other   bigint;
    side    text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF p_stars NOT BETWEEN 1 AND 5 THEN RETURN requests_refuse(p_request_key, 'bad_stars'); END IF;
    IF length(said) > 500 OR said !~ '\S' THEN RETURN requests_refuse(p_request_key, 'bad_comment'); END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id;
    reason := ratings_why_not(trade, p_user_id, p_at);
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    side := CASE p_user_id WHEN trade.buyer_id THEN 'buyer' ELSE 'seller' END;
    other := CASE side WHEN 'buyer' THEN trade.seller_id ELSE trade.buyer_id END;
    INSERT INTO ratings (trade_id, rater_id, rated_id, role, stars, comment, at)
    VALUES (trade.id, p_user_id, other, side, p_stars, said, p_at) ON CONFLICT (trade_id, rater_id) DO NOTHING;
    IF NOT FOUND THEN RETURN requests_refuse(p_request_key, 'rated_already'); END IF;
    IF p_stars = 5 THEN
        PERFORM groups_announce('praised', trade.id, other, p_at);
    END IF;
    PERFORM outbox_notice(other, 'rated', jsonb_build_object(
        'trade_id', trade.id, 'slug', trade.slug, 'by', users_name(p_user_id), 'stars', p_stars, 'comment', said,
        'may_rate', ratings_why_not(trade, other, p_at) IS NULL), format('rated.%s.%s', trade.id, side), p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('trade_id', trade.id, 'slug', trade.slug, 'stars', p_stars, 'other', users_name(other)),
        'changed', jsonb_build_array(
            jsonb_build_array(p_user_id, 'TradePage'), jsonb_build_array(p_user_id, 'Menu'), jsonb_build_array(p_user_id, 'TradeToRate'),
            jsonb_build_array(p_user_id, 'Menu'), jsonb_build_array(p_user_id, 'Profile'), jsonb_build_array(p_user_id, 'RatingList'),
            jsonb_build_array(other, 'Profile'), jsonb_build_array(other, 'RatingList')),
        'told', 1));
END
$$;
