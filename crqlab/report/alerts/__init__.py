"""Alerts of an open wave: looked for in raw files, judged, noted, written for each client."""
