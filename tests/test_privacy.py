"""The key lies outside every dataset, for its owner alone; what it makes stands for one value and tells nothing of it."""

import base64
import hashlib
import hmac
import threading

import pytest

from qunkit.errors import BadKey
from qunkit.privacy import Pseudonyms, key_path, keyed, load_key


@pytest.fixture(autouse=True)
def _own_key(tmp_path, monkeypatch):
    monkeypatch.setenv("QUNKIT_KEY", str(tmp_path / "settings/key"))


def test_a_key_is_made_once_for_its_owner_alone(tmp_path):
    key = load_key(create=True)
    assert len(key) == 32
    assert load_key(create=True) == load_key(create=False) == key
    assert key_path().stat().st_mode & 0o777 == 0o600
    assert [path.name for path in key_path().parent.iterdir()] == ["key"]


def test_two_that_make_it_at_once_have_the_same(tmp_path):
    found = []
    runs = [threading.Thread(target=lambda: found.append(load_key(create=True))) for _ in range(8)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(set(found)) == 1


def test_no_key_and_half_a_key_are_refused(tmp_path):
    with pytest.raises(BadKey) as caught:
        load_key(create=False)
    assert caught.value.code == 78
    key_path().parent.mkdir()
    key_path().write_bytes(b"short")
    with pytest.raises(BadKey):
        load_key(create=True)


def test_without_the_variable_it_lies_in_the_settings_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("QUNKIT_KEY")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert key_path() == tmp_path / "config/qunkit/key"


def test_a_mark_is_80_bits_of_an_hmac_of_use_and_value():
    by_hand = hmac.new(b"k" * 32, "qunkit/member/v1\0小明".encode(), hashlib.sha256).digest()[:10]
    assert keyed(b"k" * 32, "member", "小明") == base64.b32encode(by_hand).decode().lower()
    assert len(keyed(b"k" * 32, "member", "小明")) == 16
    assert keyed(b"k" * 32, "member", "e\u0301") == keyed(b"k" * 32, "member", "é")
    marks = {
        keyed(key, use, name) for key in (b"k" * 32, b"l" * 32) for use in ("member", "group") for name in "甲乙\ud800"
    }
    assert len(marks) == 12


def test_pseudonyms_are_marks_of_the_key_and_nothing_else():
    pseudonyms = Pseudonyms(b"k" * 32)
    assert pseudonyms.group("1@chatroom") == "g-" + keyed(b"k" * 32, "group", "1@chatroom")
    assert pseudonyms.member("1@chatroom", "小明") == "m-" + keyed(b"k" * 32, "member", "小明")
    assert pseudonyms.member("1@chatroom", "name:小明") == "m-" + keyed(b"k" * 32, "member", "1@chatroom\0name:小明")
    assert pseudonyms.settings("0123456789ab") == keyed(b"k" * 32, "settings", "0123456789ab")[:12]
    assert pseudonyms.message_key == hmac.new(b"k" * 32, b"qunkit/message/v1", hashlib.sha256).hexdigest()
    assert "k" * 32 not in pseudonyms.message_key
