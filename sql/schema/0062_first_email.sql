-- When the first e-mail address was proven by somebody who had money here already: who got into the account may have proven it.
ALTER TABLE users ADD COLUMN email_first_at timestamptz;
