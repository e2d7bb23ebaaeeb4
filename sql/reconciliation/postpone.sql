-- A payin could not be asked about: it comes again later, and holds up none of the others until then.
UPDATE payins SET ask_at = :again_at::timestamptz WHERE id = :payin_id AND ask_at IS NOT NULL
