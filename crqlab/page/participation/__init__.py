"""The section of participation: who was asked, who answered, who is silent, whom to ask next."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "charts": ["completion_histogram", "score_bounds"],
        "two_who_leave": ["leavers_and_groups"],
        "programme_checklist": ["programme"],
        "next_invitations": ["foretold"],
        "html": ["completion", "completion_by_group", "nonresponse"],
        "key_people": ["concentration", "continuity"],
        "silent_accounts": ["silent", "voices"],
        "wave_plan": ["next_wave", "plan", "questions"],
    },
)
