"""How much of the checklist a run covers: ``--profile smoke|signoff|regression``."""

from enum import StrEnum

from reports.verdict.requirements import Requirements


class Profile(StrEnum):
    """How much of the checklist a run covers."""

    SMOKE = "smoke"
    """The short list of the requirement set: a look at the connection, and no sign-off."""
    SIGNOFF = "signoff"
    """What the requirement set demands."""
    REGRESSION = "regression"
    """Every check there is."""


def required_by(profile: Profile, requirements: Requirements) -> Requirements:
    """What a run of the profile must contain."""
    return requirements.only_smoke() if profile is Profile.SMOKE else requirements
