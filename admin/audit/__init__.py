"""The audit as those who run Naru have it: kept, looked through, and sent on."""
