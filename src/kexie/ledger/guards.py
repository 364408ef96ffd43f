"""Database triggers behind the rule that what is confirmed is never overwritten.

They are a second guard: nothing Kexie computes depends on them, and `kexie ledger verify` finds what gets past.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

GUARD_FUNCTIONS = """
CREATE OR REPLACE FUNCTION kexie_guard_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reversal CONSTANT text[] := ARRAY['state', 'reversed_at', 'reversed_by_id', 'reversal_reason'];
BEGIN
    IF TG_OP = 'TRUNCATE' OR TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'kexie: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'KX001';
    ELSIF TG_OP = 'DELETE' THEN
        IF OLD.state = 'DRAFT' THEN RETURN OLD; END IF;
    ELSIF OLD.state = 'DRAFT' AND NEW.state IN ('DRAFT', 'CONFIRMED') THEN
        RETURN NEW;
    ELSIF OLD.state = 'CONFIRMED' AND NEW.state = 'REVERSED'
          AND to_jsonb(NEW) - reversal = to_jsonb(OLD) - reversal THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'kexie: a confirmed record is never edited or deleted (% %)', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'KX001', HINT = 'reverse it with a reason and confirm another';
END $$;
CREATE OR REPLACE FUNCTION kexie_guard_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.position IS NULL
       AND to_jsonb(NEW) - 'position' = to_jsonb(OLD) - 'position' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'kexie: the log is append-only (% on %)', TG_OP, TG_TABLE_NAME USING ERRCODE = 'KX001';
END $$;
CREATE OR REPLACE FUNCTION kexie_guard_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'kexie: % is append-only (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'KX001';
END $$;
"""

_RECORD = """
CREATE INDEX {index} ON {table} (association_id, unit_id) WHERE state = 'DRAFT';
CREATE TRIGGER kexie_guard BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION kexie_guard_record();
CREATE TRIGGER kexie_guard_born BEFORE INSERT ON {table}
    FOR EACH ROW WHEN (NEW.state = 'REVERSED') EXECUTE FUNCTION kexie_guard_record();
CREATE TRIGGER kexie_guard_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION kexie_guard_record();
"""
_LOG = """
CREATE TRIGGER kexie_guard BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();
CREATE TRIGGER kexie_guard_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
_DROP = """
DROP INDEX IF EXISTS {index};
DROP TRIGGER IF EXISTS kexie_guard ON {table};
DROP TRIGGER IF EXISTS kexie_guard_born ON {table};
DROP TRIGGER IF EXISTS kexie_guard_truncate ON {table};
"""


class _Guard(Operation):
    """Put triggers on the table of one model; reversible."""

    reversible = True
    reduces_to_sql = True
    function = "kexie_guard_append_only"

    def __init__(self, app_label: str, model_name: str) -> None:
        self.app_label = app_label
        self.model_name = model_name

    def sql(self, table: str) -> str:
        """Return the statements that guard `table` (already quoted)."""
        return _LOG.format(table=table, function=self.function)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing: triggers are no part of Django's model state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Create the triggers."""
        schema_editor.execute(self.sql(self._table(schema_editor, to_state)), params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        """Drop the triggers."""
        table = self._table(schema_editor, from_state)
        schema_editor.execute(_DROP.format(table=table, index=_drafts(table)), params=None)

    def describe(self) -> str:
        """Say what the operation does, for `migrate`."""
        return f"Guard {self.app_label}.{self.model_name}"

    def _table(self, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState) -> str:
        model = state.apps.get_model(self.app_label, self.model_name)
        return schema_editor.quote_name(model._meta.db_table)


class GuardRecord(_Guard):
    """Refuse every change to a record but DRAFT to CONFIRMED and CONFIRMED to REVERSED.

    It also indexes the drafts, the few rows among millions that wait for somebody: Django would want a name of at
    most 30 letters for each table's partial index.
    """

    def sql(self, table: str) -> str:
        """Return the record triggers."""
        return _RECORD.format(table=table, index=_drafts(table))


class GuardLog(_Guard):
    """Refuse every change to the log but the sequencer's first position."""

    function = "kexie_guard_log"


class GuardAppendOnly(_Guard):
    """Refuse every update and deletion."""


def _drafts(table: str) -> str:
    """Return the quoted name of the index of a (quoted) table's drafts."""
    return f'{table[:-1]}_drafts"'
