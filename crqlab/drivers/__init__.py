"""Station 7: what moves trust, commitment, satisfaction and LTR, and the one thing to fix."""
