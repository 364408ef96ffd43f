from django.db import migrations

# What was sent does not change: a second guard behind the operations.
GUARD = """
CREATE FUNCTION kexie_guard_returned_value() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM returns_return WHERE id = COALESCE(OLD.filed_id, NEW.filed_id)
               AND stage NOT IN ('DRAFT', 'FILLED', 'CHECKED')) THEN
        RAISE EXCEPTION 'kexie: a return that was sent keeps its values' USING ERRCODE = 'KX001';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE FUNCTION kexie_guard_locked_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'kexie: a locked return is never changed' USING ERRCODE = 'KX001';
END $$;
CREATE TRIGGER kexie_guard BEFORE INSERT OR UPDATE OR DELETE ON returns_value
    FOR EACH ROW EXECUTE FUNCTION kexie_guard_returned_value();
CREATE TRIGGER kexie_guard BEFORE UPDATE OR DELETE ON returns_return
    FOR EACH ROW WHEN (OLD.stage = 'LOCKED') EXECUTE FUNCTION kexie_guard_locked_return();
"""
UNDO = """
DROP TRIGGER kexie_guard ON returns_value;
DROP TRIGGER kexie_guard ON returns_return;
DROP FUNCTION kexie_guard_returned_value;
DROP FUNCTION kexie_guard_locked_return;
"""


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
