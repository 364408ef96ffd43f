"""The database that the tests themselves run on."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_server_is_recent_and_counts_in_utf8() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_encoding'), current_setting('server_version_num')::int / 10000"
        )
        encoding, version = cursor.fetchone()
    assert encoding == "UTF8"
    assert version >= 15


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_tables_guarded_against_truncate_are_emptied_between_tests(turn: str) -> None:
    with connection.cursor() as cursor:
        if turn == "first":
            cursor.execute("INSERT INTO django_content_type (app_label, model) VALUES ('test', 'first')")
            cursor.execute(
                "CREATE OR REPLACE FUNCTION test_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'guarded'; END $$"
            )
            cursor.execute(
                "CREATE TRIGGER test_guard BEFORE TRUNCATE ON django_content_type EXECUTE FUNCTION test_refuse()"
            )
        else:
            cursor.execute("DROP TRIGGER test_guard ON django_content_type")
            cursor.execute("DROP FUNCTION test_refuse()")
        cursor.execute("SELECT current_setting('session_replication_role')")
        assert cursor.fetchone() == ("origin",)
        cursor.execute("SELECT count(*) FROM django_content_type WHERE app_label = 'test'")
        assert cursor.fetchone() == (1 if turn == "first" else 0,)
