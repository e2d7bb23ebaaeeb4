-- When a proven e-mail address was replaced by another one: the codes that guard cash-outs go there since.
ALTER TABLE users ADD COLUMN email_changed_at timestamptz;
