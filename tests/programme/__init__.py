"""Tests of the programme files: what is urgent, agreed, asked, done."""
