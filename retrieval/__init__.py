"""Documents in PostgreSQL, found for those who may read them. Knows no Slack, no language model, no policy."""
