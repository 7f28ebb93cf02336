"""Features keep scikit-learn's contract and do not depend on the company a text is in."""

import numpy as np
import pytest

from nlp.features import VIEWS, HashedTerms, pieces

TEXTS = ["看多英伟达,没跌", "看空,要跌", "", "bullish on nvda", "看多英伟达,没跌", "失业率下降,谁说要崩?"]
LABELS = [1, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("view", VIEWS)
def test_the_contract(view: str) -> None:
    from sklearn.base import clone
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline

    made = HashedTerms(view=view, bits=12, min_df=1, scale=2.0)
    copy = clone(made)
    assert copy is not made
    assert copy.get_params() == made.get_params()
    assert not [name for name in vars(copy) if name.endswith("_")]
    assert set(vars(copy)) == set(made.get_params())
    assert copy.set_params(bits=11) is copy
    with pytest.raises(ValueError, match="bitz"):
        copy.set_params(bitz=3)

    once = copy.fit(TEXTS[:2]).idf_.copy()
    assert np.array_equal(copy.fit(TEXTS).fit(TEXTS[:2]).idf_, once)
    assert np.array_equal(copy.fit_transform(TEXTS).toarray(), copy.transform(TEXTS).toarray())

    head = make_pipeline(clone(made), LogisticRegression())
    assert head.fit(TEXTS, LABELS).predict(TEXTS[:1]).tolist() == [1]
    search = GridSearchCV(head, {"hashedterms__longest": [1, 2]}, cv=2).fit(TEXTS, LABELS)
    assert search.best_params_["hashedterms__longest"] in (1, 2)


def test_as_tf_idf_of_scikit_learn() -> None:
    """Where no n-gram is met twice in a text, the weights are those of its vectorizer."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    ours = HashedTerms(bits=20, min_df=1).fit_transform(["看多英伟达", "看空,要跌"])
    theirs = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), lowercase=False)
    framed = [f"\x02{text}\x03" for text in ["看多英伟达", "看空,要跌"]]
    assert np.allclose(np.sort(ours.data), np.sort(theirs.fit_transform(framed).data))


@pytest.mark.parametrize("view", VIEWS)
def test_a_text_is_weighed_alone_as_in_company(view: str) -> None:
    terms = HashedTerms(view=view, bits=12, min_df=1).fit(TEXTS)
    together = terms.transform(TEXTS).toarray()
    for row, text in enumerate(TEXTS):
        assert np.allclose(terms.transform([text]).toarray()[0], together[row])
    assert together.any(axis=1).sum() >= 4


def test_rare_buckets_weigh_nothing() -> None:
    chars = HashedTerms(bits=12, min_df=2).fit(["看多", "看空"])
    assert chars.transform(["多多多"]).nnz == 2  # START and END alone were met twice


@pytest.mark.parametrize("view", VIEWS)
def test_no_text_at_all(view: str) -> None:
    terms = HashedTerms(view=view, bits=12, min_df=1).fit(["看多"])
    assert terms.transform([]).shape == (0, 4096)
    assert terms.transform([""]).shape == (1, 4096)


def test_places_point_into_the_text() -> None:
    found, terms = pieces("chars", ["看多"]), HashedTerms(bits=12).terms(["看多"])
    spans = set(zip(found.start[terms.first].tolist(), terms.size.tolist(), strict=True))
    assert spans == {(-1, 1), (0, 1), (1, 1), (2, 1), (-1, 2), (0, 2), (1, 2), (-1, 3), (0, 3)}


def test_a_comma_tells_only_after_something_was_said() -> None:
    assert len(pieces("senses", ["今天,明天,后天"]).row) == 0
    assert len(pieces("senses", ["看好,明天,后天"]).row) == 2
