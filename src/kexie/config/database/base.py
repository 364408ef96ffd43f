"""The database connection: PostgreSQL 15 or later, started by Kexie itself where no DATABASE_URL is set.

Settings name no host then: the server may be started late, or again after it was killed, and says where it listens.
"""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base, features
from django.db.utils import OperationalError

from kexie.config.database import OLDEST_POSTGRES


class DatabaseFeatures(features.DatabaseFeatures):
    """PostgreSQL's features, with the oldest version that Kexie is made for."""

    minimum_database_version = (OLDEST_POSTGRES,)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that makes sure of the embedded server first."""

    features_class = DatabaseFeatures

    def get_connection_params(self) -> dict[str, Any]:
        """Return psycopg's parameters, with the socket's folder as the host of the embedded server."""
        params: dict[str, Any] = super().get_connection_params()
        if settings.EMBEDDED_POSTGRES and "host" not in params:
            params["host"] = str(settings.EMBEDDED_POSTGRES.socket_folder())
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; if the embedded server was killed meanwhile, start it and connect once more."""
        try:
            return super().get_new_connection(conn_params)
        except (OperationalError, self.Database.OperationalError):
            cluster = settings.EMBEDDED_POSTGRES
            if not cluster or cluster.status():
                raise
            return super().get_new_connection(conn_params | {"host": str(cluster.ensure())})
