"""Tests of crqlab; the folders mirror the package."""
