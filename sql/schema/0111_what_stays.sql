-- What no statement of ours does, none can do: whose a balance is and in what, what a cash-out, a quote or a request was, never
-- changes; a quote is used once, an answer is given once, and a cash-out or a correction begins where its way begins.

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'LB003';
END
$$;

CREATE TRIGGER stays BEFORE UPDATE OF user_id, kind, currency ON accounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('whose an account is, and in what, never changes');
CREATE TRIGGER stays BEFORE UPDATE OF user_id, trade_id, currency, network ON payins
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('what a place to pay in is for never changes');
CREATE TRIGGER stays BEFORE UPDATE OF slug, usd_worth, bank_name, account_name, proven, created_at ON cashouts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('what a cash-out is about never changes');
CREATE TRIGGER stays BEFORE UPDATE OF slug, fee_payer, delivery_hours, usd_worth, created_at ON trades
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('what a trade is about never changes');
CREATE TRIGGER stays BEFORE UPDATE OF cashout_id ON holds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('what a hold is for never changes');
CREATE TRIGGER stays BEFORE UPDATE
    OF user_id, trade_id, from_currency, from_amount, to_currency, to_amount, price, at, valid_until ON quotes
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('what was quoted never changes');
CREATE TRIGGER used_once BEFORE UPDATE ON quotes
    FOR EACH ROW WHEN (OLD.used_by IS NOT NULL) EXECUTE FUNCTION refuse('a quote is used once');
CREATE TRIGGER stays BEFORE UPDATE OF key, hash, operation, at ON requests
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('what was asked never changes');
CREATE TRIGGER answered_once BEFORE UPDATE ON requests
    FOR EACH ROW WHEN (OLD.outcome IS NOT NULL) EXECUTE FUNCTION refuse('a request is answered once');
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON requests FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER legal_beginning BEFORE INSERT ON cashouts
    FOR EACH ROW WHEN (NEW.state NOT IN ('awaiting_approval', 'requested', 'waiting'))
    EXECUTE FUNCTION refuse('a cash-out does not begin so');
CREATE TRIGGER legal_beginning BEFORE INSERT ON corrections
    FOR EACH ROW WHEN (NEW.state <> 'proposed') EXECUTE FUNCTION refuse('a correction does not begin so');

-- NaN is more than anything: it would pay for all there is.
ALTER TABLE accounts ADD CONSTRAINT accounts_finite CHECK (balance < 'Infinity');
ALTER TABLE holds ADD CONSTRAINT holds_finite CHECK (amount < 'Infinity');
ALTER TABLE cashouts ADD CONSTRAINT cashouts_finite CHECK (amount < 'Infinity');
ALTER TABLE quotes ADD CONSTRAINT quotes_finite CHECK (from_amount < 'Infinity' AND to_amount < 'Infinity' AND price < 'Infinity');
