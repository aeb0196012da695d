"""What leaves the house is judged here: the gate, seals, and the run card."""
