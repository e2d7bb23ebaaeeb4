-- internal: who of the staff hears of a dispute: whom it is assigned to, all of support while that is nobody; never a side of it
CREATE FUNCTION disputes_staff(p_dispute disputes) RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    SELECT user_id FROM staff
    WHERE role IN ('support', 'owner') AND user_id NOT IN (p_dispute.buyer_id, p_dispute.seller_id)
        AND (user_id = p_dispute.assigned_to OR NOT EXISTS (
            SELECT FROM staff mine WHERE mine.user_id = p_dispute.assigned_to AND mine.role IN ('support', 'owner')))
$$;
