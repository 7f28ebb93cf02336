"""The shipped model judges any text, explains itself exactly, and refuses damage."""

import hashlib
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelError
from core.sentiment import Stance
from nlp.explain import REST
from nlp.lexicon import LIST
from nlp.model import FOLDER, SHIPPED, SILENT, VARIANTS, Model

TEXTS = [
    "看多NVDA，加倉",
    "清倉了，要崩盤",
    "margin創新高確實很不好",
    "泡沫當然有,短期至少今年不會破",
    "回复@老王: 今天跌了3.5%,没跌够 $英伟达(NVDA)$ https://a.b/c",
    "晚安,好好想",
    "bullish, will buy the dip",
    "a\x00b\ud800c\u202ed",
    "跌" * 900,
    "涨跌" * 50_000,
]
WORDLESS = [
    "0123456789",
    "854 900",
    "日経平均は暴落するだろう",
    "涨" * 1_000_000,
    "",
    "  \n ",
    "🚀🚀🚀",
    "？？！",
    "\ud800",
    "\x00",
    "\u202e",
    "//@老王: 要跌",
]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load()


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_evidence_sums_to_the_margin(model: Model, text: str, limit: int) -> None:
    [judged] = model.predict([text], evidence=limit)
    assert math.isclose(sum(item.weight for item in judged.evidence), judged.margin, abs_tol=1e-6)
    *terms, rest = judged.evidence
    assert rest.term == REST
    assert len(terms) <= limit
    assert [abs(item.weight) for item in terms] == sorted((abs(item.weight) for item in terms), reverse=True)
    assert all(item.term.strip() for item in terms)


def test_the_rest_is_what_belongs_to_no_character(model: Model) -> None:
    """Every n-gram and word inside the text is in a term: without one, margin and rest are the bias and borders."""
    [judged] = model.predict(["看多"], evidence=100)
    shown = sum(item.weight for item in judged.evidence[:-1])
    assert shown > 0
    assert abs(judged.evidence[-1].weight) < abs(shown)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_probabilities(model: Model, text: str) -> None:
    [judged] = model.predict([text])
    assert math.isclose(sum(judged.p), 1)
    assert 0 <= judged.p_on_topic <= 1
    assert judged.label is tuple(Stance)[int(np.argmax(judged.p))]
    assert -1 <= judged.score <= 1
    assert judged.evidence == ()
    assert judged.model == model.name


@pytest.mark.parametrize("text", WORDLESS, ids=range(len(WORDLESS)))
def test_a_text_without_words_is_neutral_and_unsure(model: Model, text: str) -> None:
    [judged] = model.predict([text], evidence=3)
    assert (judged.label, judged.p, judged.margin, judged.evidence) == (Stance.NEUTRAL, SILENT, 0.0, ())
    assert judged.p_on_topic < 0.2


def test_plain_words_are_understood(model: Model) -> None:
    texts = [
        "看多NVDA，加倉",
        "牛市來了，滿倉",
        "NVDA抄底，继续加仓",
        "清倉了，要崩盤",
        "看空，先跑了",
        "新低，割肉了",
    ]
    assert [judged.label for judged in model.predict(texts)] == [Stance.BULLISH] * 3 + [Stance.BEARISH] * 3


def test_scripts_are_judged_alike(model: Model) -> None:
    traditional, simplified = model.predict(["盤後漲了，繼續持有", "盘后涨了，继续持有"])
    assert traditional == simplified


def test_order_and_company_change_nothing(model: Model) -> None:
    together = model.predict(TEXTS * 3)
    assert together == [*model.predict(TEXTS)] * 3
    for text, judged in zip(TEXTS, together, strict=False):
        [alone] = model.predict([text])
        assert np.allclose(alone.p, judged.p, atol=1e-12)
    assert model.predict([]) == []


def test_prediction_needs_numpy_alone() -> None:
    code = (
        "import sys; from nlp.model import Model; "
        "Model.load().predict(['看多'], evidence=3); "
        "print([n for n in ('sklearn', 'scipy', 'jieba', 'joblib') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_file_is_small_and_matches_its_card(variant: str) -> None:
    path = FOLDER / f"{variant}.npz"
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    data = path.read_bytes()
    assert len(data) == card["bytes"] <= 3_000_000
    assert hashlib.sha256(data).hexdigest() == card["sha256"]
    assert card["version"] == card["sha256"][:8]
    assert card["lexicon_sha256"] == hashlib.sha256(LIST.read_bytes()).hexdigest()
    assert Model.load(Path(variant)).name == f"stance-{variant} {card['version']}"


def _copy(folder: Path, data: bytes | None = None, changes: dict[str, object] | None = None) -> Path:
    """A copy of the shipped model; a card that fits `data` unless changed."""
    data = SHIPPED.read_bytes() if data is None else data
    card = json.loads(SHIPPED.with_suffix(".json").read_text("utf-8"))
    card.update({"sha256": hashlib.sha256(data).hexdigest(), **(changes or {})})
    path = folder / "copy.npz"
    path.write_bytes(data)
    path.with_suffix(".json").write_text(json.dumps({k: v for k, v in card.items() if v is not None}), "utf-8")
    return path


def test_one_changed_byte_is_refused(tmp_path: Path) -> None:
    data = bytearray(SHIPPED.read_bytes())
    data[len(data) // 2] ^= 1
    path = _copy(tmp_path, bytes(data), {"sha256": hashlib.sha256(SHIPPED.read_bytes()).hexdigest()})
    with pytest.raises(ModelError, match="damaged"):
        Model.load(path)


def _arrays(**changes: np.ndarray | None) -> bytes:
    import io

    with np.load(SHIPPED) as shipped:
        arrays = {**shipped, **changes}
    target = io.BytesIO()
    np.savez(target, allow_pickle=True, **{k: v for k, v in arrays.items() if v is not None})
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a model",
        SHIPPED.read_bytes()[:5000],
        _arrays(bias=None),
        _arrays(bias=np.zeros(3)),
        _arrays(**{"chars.weights": np.zeros((4, 7))}),
        _arrays(**{"chars.idf": np.zeros(1000), "chars.weights": np.zeros((4, 1000))}),
        _arrays(**{"senses.longest": np.asarray(9)}),
        _arrays(bias=np.array([0, np.nan, 0, 0])),
        _arrays(bias=np.array([{}, 1, 2, 3], dtype=object)),
    ],
    ids=["empty", "text", "cut", "missing", "shape", "buckets", "power", "longest", "nan", "pickle"],
)
def test_a_foreign_file_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ModelError):
        Model.load(_copy(tmp_path, data))


def test_a_file_that_unpacks_to_more_than_memory_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    import io
    import zipfile

    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("chars.npy", "w") as entry,
    ):
        for _ in range(257):
            entry.write(bytes(1024**2))
    assert len(target.getvalue()) < 2 * 1024**2
    with pytest.raises(ModelError, match="unpacked it is larger"):
        Model.load(_copy(tmp_path, target.getvalue()))


@pytest.mark.parametrize("changes", [{"labels": ["up", "down"]}, {"name": None}, {"sha256": None}])
def test_a_foreign_card_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="card"):
        Model.load(_copy(tmp_path, None, changes))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.npz cannot be read"):
        Model.load(tmp_path / "none.npz")
    path = _copy(tmp_path)
    path.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match=r"copy\.json cannot be read"):
        Model.load(path)
    path.with_suffix(".json").write_text("[1", "utf-8")
    with pytest.raises(ModelError, match="no model card"):
        Model.load(path)
    _copy(tmp_path).unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        Model.load(path)
