"""The boundary: what may leave the building, and why."""
