"""What an officer asks for: what left, by which policy, who looked where."""
