"""The API: what its addresses answer to a browser without a token. Sessions let nobody in; tokens: tests/api."""

from tests.architecture.access_rows import HIDDEN, Row, World, public

UNREADABLE, UNAUTHORISED = 400, 401


def operation(name: str, **options) -> Row:
    """An operation that needs a token, whoever is signed in on the site."""
    answers = dict.fromkeys(("anonymous", "wrong_role", "right"), UNAUTHORISED)
    return Row(name=f"api:{name}", **{**answers, **options})


def museum(world: World):
    """A unit without a museum of its own: what is asked is whether one must sign in."""
    return {"code": world.museum.code}


ROWS = (
    public("api:documentation"),
    public("api:schema"),
    public("api:show_caller"),
    public("api:list_museums"),
    operation("show_museum", kwargs=museum, **dict.fromkeys(("anonymous", "wrong_role", "right"), HIDDEN)),
    operation(
        "list_museum_days", kwargs=museum, **dict.fromkeys(("anonymous", "wrong_role", "right"), HIDDEN)
    ),
    operation(
        "list_museum_slots", kwargs=museum, **dict.fromkeys(("anonymous", "wrong_role", "right"), HIDDEN)
    ),
    public("api:list_shows"),
    operation("create_booking", method="post", kwargs=museum),
    operation("list_bookings"),
    operation("show_booking", kwargs=museum),
    operation("complete_booking", method="post", kwargs=museum),
    operation("cancel_booking", method="post", kwargs=museum),
    operation("move_booking", method="post", kwargs=museum),
    operation("add_gate", method="post", kwargs=museum),
    operation("pair_gate", method="post", **dict.fromkeys(("anonymous", "wrong_role", "right"), UNREADABLE)),
    operation("list_of_gate"),
    operation("take_notes_of_gate", method="post"),
    operation("find_at_gate", method="post"),
    operation("list_measures"),
    operation("show_figure", kwargs=lambda _world: {"key": "museums.visits"}),
    Row(name="api:nothing_here", anonymous=HIDDEN, wrong_role=HIDDEN, right=HIDDEN),
)
