-- How much more time a trade has got because nobody could act upon it, and when it last got some: what comes in such a time, as another part
-- of its price, must not get it twice, and a bound on how long a trade may wait is one on the time that counts.
ALTER TABLE trades
    ADD COLUMN given_back interval NOT NULL DEFAULT '0',
    ADD COLUMN given_back_at timestamptz;
