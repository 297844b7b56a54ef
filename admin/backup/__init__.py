"""A backup is one file that says what it holds, and restoring it brings nothing back that was erased since."""
