"""Station 9 of 10 - what people write about: comments sorted by a code frame that people edit."""

from __future__ import annotations

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    submod_attrs={
        "code_frames": ["CodeFrame", "Theme", "code_frame", "shipped"],
        "coded_comments": ["Coded", "coded"],
        "frame_agreement": ["Agreement", "agreement"],
        "comment_codes": ["coded_lines", "hand_codes"],
        "open_answers": ["answers"],
        "tables": ["keep"],
        "theme_proposals": ["proposals"],
        "theme_shares": ["Shares", "shares"],
        "themes_by_role": ["RoleThemes", "role_themes"],
    },
)
