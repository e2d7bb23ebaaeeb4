-- What people call themselves is shown where a @username would be: it does not begin like one.

UPDATE users SET first_name = coalesce(nullif(btrim(translate(first_name, U&'@\FF20\FE6B', '')), ''), '?')
WHERE first_name ~ U&'[@\FF20\FE6B]';
