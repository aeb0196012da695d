"""Station 10 of 10 - executed notebooks become client reports.

Names are loaded when first used: a notebook that shows a report must not wait for the
machinery that runs notebooks.
"""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "batch.batches": ["run_batch"],
        "batch.client_selection": ["chosen", "everybody"],
        "batch.index": ["index"],
        "clearance.disclosure_audit": ["DisclosureAudit", "audit"],
        "clearance.gate": ["LeakError"],
        "clearance.integrity": ["verified"],
        "clearance.release_audit": ["DisclosureError", "supersede"],
        "clearance.provenance": ["RunCard", "card"],
        "client_pages": ["ClientView", "key", "view"],
        "exports.account_plans": ["export_plans"],
        "exports.export_batch": ["export_all"],
        "exports.export_files": ["export"],
        "exports.firm_file": ["export_firm"],
        "exports.invitations": ["export_invitations"],
        "run.committed_notebooks": ["refresh"],
        "run.execution": ["RunError", "execute"],
        "run.manager_packs": ["export_packs"],
        "run.journey": ["Page", "accepted", "reports", "stations"],
        "run.project_layout": ["notebooks_into", "project"],
        "run.reviewer_page": ["reviewed"],
    },
)
