"""For those who run Naru. Nothing imports this package."""
