-- Who brought whom, the fee credit that both were given, and the fees that it paid back.

ALTER TABLE terms
    ADD COLUMN referral_newcomer numeric NOT NULL DEFAULT 5 CHECK (referral_newcomer >= 0),      -- USDT, here and below
    ADD COLUMN referral_referrer numeric NOT NULL DEFAULT 5 CHECK (referral_referrer >= 0),
    ADD COLUMN referral_volume_usd numeric NOT NULL DEFAULT 100 CHECK (referral_volume_usd >= 0);

ALTER TABLE users ADD COLUMN referred_at timestamptz;
UPDATE users SET referred_at = created_at WHERE referred_by IS NOT NULL;
ALTER TABLE users
    ADD CHECK (referred_by <> id),
    ADD CHECK ((referred_by IS NULL) = (referred_at IS NULL));
CREATE INDEX users_referred ON users (referred_by, referred_at DESC, id DESC) WHERE referred_by IS NOT NULL;

-- A newcomer comes by one link, of somebody who was here before them: so nobody can bring, over however many others, themselves.
CREATE FUNCTION referrals_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.referred_by IS NOT NULL OR OLD.onboarded_at IS NOT NULL) THEN
        RAISE EXCEPTION 'who brought somebody never changes' USING ERRCODE = 'LB003';
    END IF;
    IF NOT EXISTS (SELECT FROM users WHERE id = NEW.referred_by AND onboarded_at IS NOT NULL) THEN
        RAISE EXCEPTION 'who is not here brings nobody' USING ERRCODE = 'LB003';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER referrals_stay BEFORE UPDATE OF referred_by, referred_at ON users FOR EACH ROW
    WHEN (NEW.referred_by IS DISTINCT FROM OLD.referred_by OR NEW.referred_at IS DISTINCT FROM OLD.referred_at)
    EXECUTE FUNCTION referrals_stay();
CREATE TRIGGER referrals_begin BEFORE INSERT ON users FOR EACH ROW WHEN (NEW.referred_by IS NOT NULL)
    EXECUTE FUNCTION referrals_stay();

-- Each is given once for each newcomer: to them when they accept the terms, to who brought them when they have traded enough
-- (`needed`, USD; `trade_id` was the trade that made it enough).
CREATE TABLE referral_rewards (
    referred_id bigint NOT NULL REFERENCES users,
    kind        text NOT NULL CHECK (kind IN ('newcomer', 'referrer')),
    user_id     bigint NOT NULL REFERENCES users,
    amount      numeric NOT NULL CHECK (amount > 0),
    needed      numeric,
    trade_id    bigint REFERENCES trades,
    transfer_id bigint NOT NULL UNIQUE REFERENCES transfers,
    at          timestamptz NOT NULL,
    PRIMARY KEY (referred_id, kind),
    CHECK ((kind = 'newcomer') = (user_id = referred_id)),
    CHECK ((kind = 'referrer') = (trade_id IS NOT NULL) AND (kind = 'referrer') = (needed IS NOT NULL))
);
CREATE INDEX referral_rewards_of_user ON referral_rewards (user_id) INCLUDE (amount) WHERE kind = 'referrer';
CREATE INDEX referral_rewards_of_trade ON referral_rewards (trade_id) WHERE trade_id IS NOT NULL;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON referral_rewards
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Fee credit that paid a side's share of an earned fee back: `fee` in the trade's currency was `worth` USDT then.
CREATE TABLE credit_uses (
    trade_id    bigint NOT NULL REFERENCES trades,
    user_id     bigint NOT NULL REFERENCES users,
    fee         numeric NOT NULL CHECK (fee > 0),
    worth       numeric NOT NULL,
    amount      numeric NOT NULL CHECK (amount > 0 AND amount <= worth),
    transfer_id bigint NOT NULL REFERENCES transfers,
    at          timestamptz NOT NULL,
    PRIMARY KEY (trade_id, user_id)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_uses
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
