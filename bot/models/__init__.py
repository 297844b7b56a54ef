"""The two shores: the cloud's API and the on-prem server, each behind one door."""
