"""What is kept of people, erased again: one file for each place that holds their texts. `registry.py` lists them."""
