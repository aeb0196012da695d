"""A client's report for other programs: PDF, Excel, PowerPoint, CSV for a CRM."""

from __future__ import annotations
