"""What stands in the Parquet files: a dataset for each kind of row, its columns, and what they hold."""

from __future__ import annotations

import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")
_TEXT = pa.string()


def _column(name: str, kind: pa.DataType, told: str) -> pa.Field:
    return pa.field(name, kind, metadata={"comment": told})


POSTS = pa.schema(
    [
        _column("native_id", _TEXT, "the network's id, or its pseudonym"),
        _column("created_at", TIME, "when it was written"),
        _column("text", _TEXT, "null: seen before, now gone"),
        _column("by_agency", pa.bool_(), "null: the network does not tell"),
        _column("thread", _TEXT, "native id of the topmost post known above it; its own id for a beginning"),
        _column("parent", _TEXT, "native id of what it replies to"),
        _column("author", _TEXT, "a handle of the register, or a visitor's pseudonym"),
        _column("kind", _TEXT, "post, comment or share"),
        _column("permalink", _TEXT, "where it is read, if that names no visitor"),
        _column("client", _TEXT, "the posting client; null: not told"),
        _column("counts", pa.map_(_TEXT, pa.int64()), "like, reply, share"),
        _column("reply_setting", _TEXT, "who may reply, in the network's own word"),
        _column("hidden", pa.bool_(), "the agency has hidden it; null: not told"),
        _column("language", _TEXT, "as its author's program declared it"),
    ]
)
"""Every post as last seen; the folders hold `network` and `account`."""
ACCOUNTS = pa.schema(
    [
        _column("network", _TEXT, "facebook, twitter, bluesky or mastodon"),
        _column("account", _TEXT, "its handle in the register"),
        _column("agency", _TEXT, "the agency's short name"),
        _column("agency_name", _TEXT, "the agency's name"),
        _column("kind", _TEXT, "the agency's kind, such as ministry"),
        _column("changed", pa.int64(), "how often it has changed: what is judged now is judged of this"),
        _column(
            "wall",
            _TEXT,
            "JSON: all that is judged beside the posts, such as gaps, settings seen, and the agency's site",
        ),
    ]
)
"""Every account that the register names."""
REVIEWS = pa.schema(
    [
        _column("network", _TEXT, "of the account"),
        _column("account", _TEXT, "its handle"),
        _column("post", _TEXT, "native id; null: of the account as a whole"),
        _column("classifier", _TEXT, "whose verdict it overrules"),
        _column("label", _TEXT, "what a person says"),
        _column("answered_at", TIME, "when it was answered, if the person knows"),
    ]
)
"""The reviews in force; who made them is left out."""
LOOKS = pa.schema(
    [
        _column("network", _TEXT, "of the account"),
        _column("account", _TEXT, "its handle"),
        _column("question", _TEXT, "posting, commenting or messaging"),
        _column("seen", _TEXT, "open, closed, moderated, restricted or unclear"),
        _column("observed_at", TIME, "when somebody looked"),
        _column("signed_in", _TEXT, "how whoever looked was signed in"),
    ]
)
"""What people saw of walls; who looked is left out."""
VERDICTS = pa.schema(
    [
        _column("network", _TEXT, "of the account"),
        _column("account", _TEXT, "its handle"),
        _column("post", _TEXT, "native id; null: of the account as a whole"),
        _column("classifier", _TEXT, "who judges"),
        _column("version", _TEXT, "the classifier's"),
        _column("label", _TEXT, "what it is held to be"),
        _column("value", _TEXT, "JSON: what the classifier tells beside the label"),
        _column(
            "findings",
            pa.list_(pa.struct([("rule", _TEXT), ("weight", pa.float64()), ("evidence", _TEXT)])),
            "the rules that fired; the evidence is JSON",
        ),
        _column("waits_until", TIME, "when it may change though nothing is new; null: never"),
        _column("terms", _TEXT, "the classifiers' versions, office hours and limits it was judged by"),
        _column("as_of", TIME, "as of when it was judged"),
        _column("changed", pa.int64(), "how often the account had changed then"),
    ]
)
"""What judging gives, a row for each post and classifier."""
DATASETS = {"posts": POSTS, "accounts": ACCOUNTS, "reviews": REVIEWS, "looks": LOOKS, "verdicts": VERDICTS}
"""By the name of the folder. `verdicts` is not written by an export: it is what judging elsewhere makes."""
