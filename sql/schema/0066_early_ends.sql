-- What is paid and nobody has joined, its buyer cancels; what is not paid, its seller declines.

INSERT INTO transitions (subject, from_state, to_state) VALUES
    ('trade', 'paid', 'cancelled'),
    ('trade', 'awaiting_payment', 'declined'),
    ('trade', 'underpaid', 'declined');

ALTER TABLE trades
    DROP CONSTRAINT trades_have_two_sides,
    ADD CONSTRAINT trades_have_two_sides CHECK (
        state NOT IN ('accepted', 'delivered', 'disputed', 'declined', 'released', 'resolved') OR seller_id IS NOT NULL),
    ADD CONSTRAINT trades_cancelled_alone CHECK (state <> 'cancelled' OR paid_at IS NULL OR seller_id IS NULL);
