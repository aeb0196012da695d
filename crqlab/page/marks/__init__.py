"""Names, ids and words of somebody, known again however they are written."""
