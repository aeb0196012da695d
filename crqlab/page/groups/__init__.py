"""The section of roles and units: the same relationships as different people see them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"html": ["breakdowns", "role_constructs", "roles"]}
)
