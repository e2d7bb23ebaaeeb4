-- The plots count what came to stay: payments that people took, cash-outs that have left, trades as what they went on with.
-- What was added up before is added up anew.
DELETE FROM activity;
DELETE FROM activity_reached;

DROP INDEX cashouts_by_time, trades_by_payment;
CREATE INDEX trades_by_payment ON trades (paid_at) WHERE paid_at IS NOT NULL;
CREATE INDEX cashouts_done ON cashouts (ended_at) WHERE state = 'done';
CREATE INDEX unapplied_taken ON unapplied (ended_at) WHERE ended_as IN ('credited', 'attached');
