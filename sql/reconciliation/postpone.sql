-- A payin could not be asked about: it comes again later, and holds up none of the others until then. Where the provider says no to it,
-- that may be for ever: it comes as seldom as one of which it says that nothing came.
UPDATE payins p SET ask_at = greatest(:again_at::timestamptz, CASE WHEN :as_answered::boolean THEN reconciliation_next(p, :at) END)
WHERE id = :payin_id AND ask_at IS NOT NULL
