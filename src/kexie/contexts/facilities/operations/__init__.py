"""Whatever changes facilities, one transaction each."""
