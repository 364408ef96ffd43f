"""Plain ideas without Django models: identifiers, periods, scope, codes, quantities, errors."""
