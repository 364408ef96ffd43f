"""The system administrator's pages about webhooks."""
