"""What a marketing department sends to headquarters: NPS by unit, country, product and wave."""
