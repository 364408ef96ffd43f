"""What other parts of the site use of access: `requires`, `signed_in` and `Requires`."""

from kexie.foundation.access.web.guards import Requires, requires, signed_in, to_sign_in

__all__ = ["Requires", "requires", "signed_in", "to_sign_in"]
