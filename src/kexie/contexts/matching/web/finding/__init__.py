"""Finding experts for problems and problems for experts, and the pages of those invited."""
