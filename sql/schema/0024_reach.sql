-- Further e-mail addresses and numbers of a person, beside those of their row in users. They find invitations and nothing else.
-- Telegram tells the number of the account only, which is in users: nothing writes the kind `phone` yet, and what reads takes both.
CREATE TABLE extra_contacts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     bigint NOT NULL REFERENCES users,
    kind        text NOT NULL CHECK (kind IN ('email', 'phone')),
    value       text NOT NULL,
    label       text NOT NULL DEFAULT '',
    verified_at timestamptz,
    created_at  timestamptz NOT NULL
);
CREATE UNIQUE INDEX extra_contacts_of_user ON extra_contacts (user_id, kind, lower(value));
CREATE UNIQUE INDEX extra_contacts_by_value ON extra_contacts (kind, lower(value)) WHERE verified_at IS NOT NULL;
