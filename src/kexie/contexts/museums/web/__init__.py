"""The museums' pages: what the public sees, and the desk's own pages behind /work/museum/."""
