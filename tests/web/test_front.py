"""The front page."""

from tests.web.conftest import Browser


def test_a_visitor_is_met_with_a_question_and_help(visitor: Browser) -> None:
    page = visitor.get("/")
    assert page.status_code == 200
    assert "Ring Hjelpsom Hansen" in page.text
