-- internal: whether two that tell of a payment tell of two payments: other transactions, or other payers who name no common one
CREATE FUNCTION cashout_twice(p_one payout_events, p_other payout_events) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_one.provider = p_other.provider THEN coalesce(p_one.txid <> p_other.txid, false)
        ELSE (p_one.txid IN (p_other.txid, p_other.external_id) OR p_other.txid = p_one.external_id) IS NOT TRUE END
$$;
