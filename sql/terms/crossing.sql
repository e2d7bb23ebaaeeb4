-- A least above its most, were these terms of the settings below what an owner changed.
SELECT c.smaller, c.larger, of_smaller.value AS smaller_changed, of_larger.value AS larger_changed
FROM terms_crossed(:said::jsonb || coalesce((SELECT jsonb_object_agg(name, value) FROM term_overrides), '{}')) c
LEFT JOIN term_overrides of_smaller ON of_smaller.name = c.smaller
LEFT JOIN term_overrides of_larger ON of_larger.name = c.larger
ORDER BY c.smaller
