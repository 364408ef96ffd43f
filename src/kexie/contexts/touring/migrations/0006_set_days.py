"""Keep the days a set is taken, from stops and arranged stops, and enter those there are."""

from typing import ClassVar

from django.db import migrations

_KEEP = """
CREATE FUNCTION touring_keep_stop_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM touring_setdays WHERE id = OLD.id;
    RETURN NULL;
  END IF;
  DELETE FROM touring_setdays WHERE id = NEW.id;
  IF NEW.state <> 'REVERSED' THEN
    INSERT INTO touring_setdays (id, association_id, touring_set_id, place, first_on, last_on)
    VALUES (NEW.id, NEW.association_id, NEW.touring_set_id, NEW.venue, NEW.occurred_on, NEW.ended_on);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER touring_stop_days AFTER INSERT OR UPDATE OF state, touring_set_id, venue, occurred_on, ended_on OR DELETE
  ON touring_tourstop FOR EACH ROW EXECUTE FUNCTION touring_keep_stop_days();

CREATE FUNCTION touring_keep_planned_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM touring_setdays WHERE id = OLD.id;
    RETURN NULL;
  END IF;
  DELETE FROM touring_setdays WHERE id = NEW.id;
  IF NEW.state = 'PLANNED' THEN
    INSERT INTO touring_setdays (id, association_id, touring_set_id, place, first_on, last_on)
    SELECT NEW.id, NEW.association_id, NEW.touring_set_id, venue.name, NEW.setup_on, NEW.last_on
    FROM touring_tourvenue venue WHERE venue.id = NEW.venue_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER touring_planned_days AFTER INSERT OR UPDATE OR DELETE
  ON touring_plannedtourstop FOR EACH ROW EXECUTE FUNCTION touring_keep_planned_days();

INSERT INTO touring_setdays (id, association_id, touring_set_id, place, first_on, last_on)
SELECT id, association_id, touring_set_id, venue, occurred_on, ended_on FROM touring_tourstop WHERE state <> 'REVERSED';
"""
_DROP = """
DROP TRIGGER touring_stop_days ON touring_tourstop;
DROP FUNCTION touring_keep_stop_days();
DROP TRIGGER touring_planned_days ON touring_plannedtourstop;
DROP FUNCTION touring_keep_planned_days();
DELETE FROM touring_setdays;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("touring", "0005_sets")]

    operations: ClassVar = [migrations.RunSQL(_KEEP, _DROP)]
