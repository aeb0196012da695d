"""Station 5: how well trust and commitment foresee renewal, beside NPS, and what is at risk."""
