-- A cash-out that somebody asks for, on its way through the functions that judge and make it. `own`: what there is to take it from.
CREATE TYPE cashout_ask AS (
    request_key text, request_hash text, user_id bigint, label text, currency text, network text, address text, bank_code text,
    bank_name text, account_name text, amount numeric, net numeric, code text, own numeric, worth numeric, refusal jsonb
);
