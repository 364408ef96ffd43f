"""What other parts of the site use of access: guards of views, and what a request knows of its account."""

from kexie.foundation.access.web.guards import Requires, requires, signed_in, to_sign_in
from kexie.foundation.access.web.request import Access, AccessRequest

__all__ = ["Access", "AccessRequest", "Requires", "requires", "signed_in", "to_sign_in"]
