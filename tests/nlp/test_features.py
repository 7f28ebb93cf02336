"""Features keep scikit-learn's contract and do not depend on the company a text is in."""

import numpy as np
import pytest

from nlp.features import HashedChars, LexiconCounts

TEXTS = ["看多英伟达", "看空,要跌", "", "bullish on nvda", "看多英伟达"]


def test_the_contract() -> None:
    from sklearn.base import clone
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    for made in (HashedChars(bits=12, min_df=1), LexiconCounts(scale=2.0)):
        copy = clone(made)
        assert copy is not made
        assert copy.get_params() == made.get_params()
        assert not [name for name in vars(copy) if name.endswith("_")]
        assert set(vars(copy)) == set(made.get_params())
        head = make_pipeline(copy, LogisticRegression()).fit(TEXTS, [1, 0, 0, 1, 1])
        assert head.predict(["看多英伟达"]).tolist() == [1]
    with pytest.raises(ValueError, match="bitz"):
        HashedChars().set_params(bitz=3)

    ours = HashedChars(bits=20, min_df=1).fit_transform(TEXTS[:2])
    theirs = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, lowercase=False)
    framed = [f"\x02{text}\x03" for text in TEXTS[:2]]
    assert np.allclose(np.sort(ours.data), np.sort(theirs.fit_transform(framed).data))


def test_a_text_is_weighed_alone_as_in_company() -> None:
    chars = HashedChars(bits=12, min_df=1).fit(TEXTS)
    together = chars.transform(TEXTS).toarray()
    for row, text in enumerate(TEXTS):
        assert np.array_equal(chars.transform([text]).toarray()[0], together[row])
    assert np.allclose(np.linalg.norm(together, axis=1), 1)


def test_rare_buckets_weigh_nothing() -> None:
    chars = HashedChars(bits=12, min_df=2).fit(["看多", "看空"])
    _, _, value = chars.weigh(["多多多"])
    assert len(value) == 2  # START and END alone were met twice


def test_no_text_at_all() -> None:
    chars = HashedChars(bits=12, min_df=1).fit(["看多"])
    assert chars.transform([]).shape == (0, 4096)
    assert LexiconCounts().transform([]).shape == (0, 8)


def test_places_point_into_the_text() -> None:
    found = HashedChars(bits=12).grams(["看多"])
    spans = set(zip(found.place.tolist(), found.length.tolist(), strict=True))
    assert spans == {(-1, 1), (0, 1), (1, 1), (2, 1), (-1, 2), (0, 2), (1, 2), (-1, 3), (0, 3)}
