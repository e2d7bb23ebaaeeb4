-- internal: until when nothing of a person's goes out, because a proven e-mail address was replaced and the codes go there since;
-- null: it may
CREATE FUNCTION cashout_barred_until(p_person users, p_rules terms, p_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_rules.cashout_code = 'verified' AND p_person.email_changed_at > p_at - interval '24 hours'
        THEN p_person.email_changed_at + interval '24 hours' END
$$;
