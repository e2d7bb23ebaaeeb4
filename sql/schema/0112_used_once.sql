-- A code, a link to the console and an alarm are used up once, a session ends once, and whose they are stays.

CREATE TRIGGER stays BEFORE UPDATE OF user_id, purpose, email, nonce, hash, expires_at, outgoing ON verifications
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('what a code is for never changes');
CREATE TRIGGER used_once BEFORE UPDATE ON verifications
    FOR EACH ROW WHEN (OLD.used_at IS NOT NULL OR NEW.tries < OLD.tries)
    EXECUTE FUNCTION refuse('a code is used once, and each wrong try counts');

CREATE TRIGGER stays BEFORE UPDATE OF user_id, hash, expires_at ON console_links
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('whose a link is never changes');
CREATE TRIGGER used_once BEFORE UPDATE ON console_links
    FOR EACH ROW WHEN (OLD.used_at IS NOT NULL) EXECUTE FUNCTION refuse('a link is used once');

-- One that ends while it is looked through may be seen once more.
CREATE TRIGGER stays BEFORE UPDATE OF user_id, hash ON admin_sessions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('whose a session is never changes');
CREATE TRIGGER ends_once BEFORE UPDATE ON admin_sessions
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
    EXECUTE FUNCTION refuse('a session ends once');

CREATE TRIGGER stays BEFORE UPDATE OF event_id ON payout_alarms
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('what an alarm is about never changes');
CREATE TRIGGER ends_once BEFORE UPDATE ON payout_alarms
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse('an alarm ends once');
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON payout_alarms FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
