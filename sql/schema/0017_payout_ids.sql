-- What a provider calls a payout is looked up before another cash-out may be called so.
CREATE INDEX cashouts_by_external_id ON cashouts (provider, external_id) WHERE external_id IS NOT NULL;
