"""The shipped environments declare no blocker N/A but those that the requirement set exempts."""

from pathlib import Path

import pytest
import yaml

from fixtures.harness.collection import NOT_APPLICABLE, is_about_client, needs_of
from fixtures.harness.facts import facts_of
from fixtures.v5.enums import Phase
from reports.cards.__main__ import collect
from reports.verdict.requirements import newest, read

ROOT = Path(__file__).parents[1]
SYMBOL = "NEWUSDT"
OF_FILLS = {"LAW-07", "LAW-08", "LAW-10"}
"""The blockers that judge fills alone."""


class Seen:
    """A plugin that keeps, by check id, whether each case is N/A."""

    def __init__(self) -> None:
        self.away: dict[str, list[bool]] = {}
        self.blockers: set[str] = set()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the plan, without the checks of client libraries."""
        for item in session.items:
            check = next(item.iter_markers("check")).kwargs
            if check["library"] is None:
                self.away.setdefault(check["id"], []).append(NOT_APPLICABLE in item.stash)
            if check["severity"] == "blocker":
                self.blockers.add(check["id"])

    def blockers_away(self) -> set[str]:
        """The blockers all of whose cases are N/A."""
        return {check_id for check_id, away in self.away.items() if all(away)} & self.blockers


def exempt(environments: Path, name: str) -> set[str]:
    """The blockers that an environment declares N/A when its only key is the market maker's."""
    seen, quietly = Seen(), ["-q", "--collect-only", "-p", "no:reports.plugin", "-p", "no:cacheprovider"]
    where = [f"--environments={environments}", f"--env={name}", f"--symbol={SYMBOL}", str(ROOT / "checks")]
    pytest.main([*quietly, *where], plugins=[seen])
    return seen.blockers_away()


@pytest.mark.usefixtures("capsys")
def test_requirement_set_exempts_what_some_environment_cannot_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all environments and phases of a listing, exactly the blockers of ``exempt`` are N/A.

    A check that judges fills is N/A only once a run without a second UID has seen none.
    """
    content = yaml.safe_load((ROOT / "environments.yaml").read_text(encoding="utf-8"))
    for section in content["environments"].values():
        for names in section.get("credentials", {}).values():
            monkeypatch.delenv(names["key"], raising=False)
    found = set[str]()
    for phase in Phase:
        content["listings"][SYMBOL]["phase"] = str(phase)
        file = tmp_path / f"{phase}.yaml"
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        for name in content["environments"]:
            found |= {check_id for check_id in exempt(file, name) if not is_about_client(check_id)}

    exempted = read(newest(ROOT / "checks")).exempt
    assert found | OF_FILLS == {check_id for check_id in exempted if not is_about_client(check_id)}


def test_requirement_set_exempts_what_a_client_may_not_offer() -> None:
    """Exactly those blockers of a client are exempt that need a capability, a path or the embedded venue."""
    conditional: dict[str, list[bool]] = {}
    for item in collect(ROOT):
        check = next(item.iter_markers("check")).kwargs
        if is_about_client(check["id"]) and check["severity"] == "blocker":
            facts = facts_of(item)
            needs = bool(facts.get("offers") or needs_of(item) or not facts.get("on_the_way", False))
            conditional.setdefault(check["id"], []).append(needs)

    exempted = {check_id for check_id in read(newest(ROOT / "checks")).exempt if is_about_client(check_id)}
    assert {check_id for check_id, needs in conditional.items() if all(needs)} == exempted
